// Hands an assistant its secrets, Berth's plugin and Berth's keys of openclaw.json, run by the stack's command resource
// before the container starts. Other keys of that file belong to the customer and the agent: they are kept. An assistant
// that runs reads them again by itself: what it refuses is taken back.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { readFile } from "node:fs/promises";
import { json } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import type Modem from "docker-modem";
import { resourceName } from "../../args.ts";
import { STATE_PATH } from "../../assistant/image-contract.ts";
import { type Json, mergeSettings } from "../../assistant/merge-settings.mjs";
import { HANDED_PATH } from "../../assistant/openclaw.ts";
import { pluginFiles } from "../../assistant/plugin-files.ts";
import { untilApplied } from "../../assistant/until-applied.ts";
import { callEngine } from "../client.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "../names.ts";
import { readTarFile, tarFile } from "../tar.ts";

const FILE = "openclaw.json";
/** OpenClaw keeps here what it has last accepted. */
const LAST_GOOD = "openclaw.json.last-good";
/** Of what is read of a file: settings are shorter by far. */
const LONGEST = 1024 * 1024;
const USER = { uid: 1000, gid: 1000 };

interface Asked {
  readonly deploymentId: string;
  /** Names of the volumes with its data and with what it is handed. */
  readonly volume: string;
  readonly handed: string;
  readonly image: string;
  readonly settings: Json;
  /** Set when the assistant has refused the file as it is. */
  readonly settingsRefused?: string;
  readonly secretsFile: string;
  readonly secretsFingerprint: string;
  /** Where the assistant answers if it runs. */
  readonly endpoint: string;
}

const asked = (await json(process.stdin)) as Asked;
const { settings, settingsRefused } = asked;
await throughDoor(async (door) => {
  const secrets = await readFile(asked.secretsFile, "utf8");
  await handOver(door, secrets);
  const { current, text } = await readSettings(door);
  const wanted = mergeSettings(current, settings);
  if (text !== undefined && isDeepStrictEqual(wanted, current)) return;
  const { gateway: gatewayToken } = JSON.parse(secrets) as { readonly gateway: string };
  const after = secretsName(asked.secretsFingerprint);
  const replace = () => replaceSettings(door, `${JSON.stringify(wanted, null, 2)}\n`);
  const { isRunning } = await import("../replace-inside.ts");
  // Without its container, what answers there is somebody else: they are told no token.
  const refusal = (await isRunning(resourceName(asked.deploymentId)))
    ? await untilApplied({ endpoint: asked.endpoint, gatewayToken }, replace)
    : await replace();
  const before = secretsNameIn(current);
  const isUnused = before === after ? undefined : refusal === undefined ? before : after;
  if (refusal !== undefined && text !== undefined) await replaceSettings(door, text);
  if (isUnused) await put(door, HANDED_PATH, await tarFile(isUnused, "{}", { ...USER, mode: 0o400 }));
  if (refusal === undefined) return;
  process.stderr.write(`The running assistant refuses its new settings. ${refusal}\n`);
  process.exitCode = 1;
});

/** Another setting or secret is another path, which makes an assistant that runs read it. */
async function handOver(door: string, secrets: string): Promise<void> {
  const files = [
    { name: secretsName(asked.secretsFingerprint), text: secrets, mode: 0o400 },
    ...pluginFiles().map(({ name, text }) => ({ name: `plugin/${name}`, text, mode: 0o444 })),
  ];
  for (const { name, text, mode } of files)
    await put(door, HANDED_PATH, await tarFile(name, text, { ...USER, mode }));
}

/** Into the place of the old one at once: an assistant that runs must not read half of it. */
async function replaceSettings(door: string, text: string): Promise<undefined> {
  const unfinished = `${FILE}.new`;
  const { replaceInside } = await import("../replace-inside.ts");
  const file = (name: string) => tarFile(name, text, { ...USER, mode: 0o600 });
  const write = async (name: string) => put(door, STATE_PATH, await file(name));
  const isReplaced = await replaceInside(resourceName(asked.deploymentId), {
    write: () => write(unfinished),
    from: `${STATE_PATH}/${unfinished}`,
    to: `${STATE_PATH}/${FILE}`,
  });
  if (!isReplaced) await write(FILE);
}

function secretsName(fingerprint: string): string {
  return `${fingerprint}.json`;
}

/** The file of secrets that the settings name; undefined if that is none of Berth's. */
function secretsNameIn(current: Json): string | undefined {
  const path = (current as { secrets?: { providers?: { berth?: { path?: unknown } } } }).secrets?.providers
    ?.berth?.path;
  return new RegExp(`^${HANDED_PATH}/([0-9a-f]+\\.json)$`).exec(String(path))?.[1];
}

/** With a container that is never started: the one way into a volume that works with every Docker engine. */
async function throughDoor<T>(work: (door: string) => Promise<T>): Promise<T> {
  // To mount a volume that is gone would make another one in its place.
  for (const volume of [asked.volume, asked.handed])
    await callEngine({ method: "GET", path: `/volumes/${volume}?` });
  const { Id: door } = await callEngine<{ Id: string }>({
    method: "POST",
    path: "/containers/create",
    options: {
      Image: asked.image,
      Labels: { [DEPLOYMENT_LABEL]: asked.deploymentId, [DOOR_LABEL]: "settings" },
      Entrypoint: ["/never-started"],
      HostConfig: {
        Binds: [`${asked.volume}:${STATE_PATH}`, `${asked.handed}:${HANDED_PATH}`],
        NetworkMode: "none",
      },
    },
  });
  try {
    return await work(door);
  } finally {
    await callEngine({ method: "DELETE", path: `/containers/${door}?`, options: { force: true } });
  }
}

/** The settings to go on from. `text` is the file's, if they are; what is no file of settings is set aside. */
async function readSettings(door: string): Promise<{ readonly current: Json; readonly text?: string }> {
  const packed = await open(door, FILE);
  if (!packed) return { current: {} };
  const present = await read(packed);
  if (present && !settingsRefused) return present;
  const packedLastGood = await open(door, LAST_GOOD);
  const lastGood = packedLastGood && (await read(packedLastGood));
  const copy = `${FILE}.unreadable-${Date.now()}`;
  await setAside(door, copy);
  process.stdout.write(`${FILE} could not be used. It was kept as ${copy} and written anew.\n`);
  return { current: lastGood?.current ?? {} };
}

/** Undefined if it is not a file of settings. OpenClaw takes JSON5: with comments, and commas at the end. */
async function read(packed: NodeJS.ReadableStream): Promise<{ current: Json; text: string } | undefined> {
  const text = await readTarFile(await beginning(packed));
  if (text === undefined) return undefined;
  for (const parse of [JSON.parse, async (json5: string) => (await import("json5")).default.parse(json5)]) {
    try {
      const parsed: unknown = await parse(text);
      if (isObject(parsed)) return { current: parsed, text };
    } catch {
      // The other form, or none.
    }
  }
  return undefined;
}

async function beginning(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stream) {
    pieces.push(Buffer.from(piece));
    length += piece.length;
    if (length > LONGEST) break;
  }
  return Buffer.concat(pieces);
}

async function open(door: string, name: string): Promise<NodeJS.ReadableStream | undefined> {
  try {
    return await callEngine({ ...archive(door, `${STATE_PATH}/${name}`), method: "GET", isStream: true });
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** Copies the file, or whatever is in its place, before it is written over. */
async function setAside(door: string, copy: string): Promise<void> {
  const { renamed } = await import("../rename-archive.ts");
  // By another door: the engine lets nobody write by one that is being read from.
  await throughDoor(async (other) => {
    const packed = await open(other, FILE);
    if (!packed) return;
    await put(door, STATE_PATH, renamed(packed, FILE, copy));
  });
}

async function put(door: string, path: string, file: Modem.DialOptions["file"]): Promise<void> {
  await callEngine({ ...archive(door, path), method: "PUT", file });
}

function archive(door: string, path: string): Modem.DialOptions {
  return { path: `/containers/${door}/archive?`, options: { path } };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
