// Writes Berth's keys into the assistant's openclaw.json, run by the stack's command resource before the
// container starts. Other keys of the file belong to the customer and the agent: they are kept.
import { json } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import type Modem from "docker-modem";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./args.ts";
import { STATE_PATH } from "./container.ts";
import { callEngine } from "./engine-call.ts";
import { type Json, mergeSettings } from "./merge-settings.ts";
import { readTarFile, tarFile } from "./tar.ts";

const FILE = "openclaw.json";
/** OpenClaw keeps here what it has last accepted. */
const LAST_GOOD = "openclaw.json.last-good";
/** Of what is read of a file: settings are shorter by far. */
const LONGEST = 1024 * 1024;
const OWNER = { uid: 1000, gid: 1000, mode: 0o600 };

const { deploymentId, volume, image, settings, settingsRefused } = (await json(process.stdin)) as {
  readonly deploymentId: string;
  readonly volume: string;
  readonly image: string;
  readonly settings: Json;
  /** Set when the assistant has refused the file as it is. */
  readonly settingsRefused?: string;
};
await throughDoor(async (door) => {
  const { current, stays } = await readSettings(door);
  const wanted = mergeSettings(current, settings);
  if (stays && isDeepStrictEqual(wanted, current)) return;
  const file = tarFile(FILE, `${JSON.stringify(wanted, null, 2)}\n`, OWNER);
  await callEngine({ ...archive(door, STATE_PATH), method: "PUT", file });
});

/** With a container that is never started: the one way into a volume that works with every Docker engine. */
async function throughDoor<T>(work: (door: string) => Promise<T>): Promise<T> {
  const { Id: door } = await callEngine<{ Id: string }>({
    method: "POST",
    path: "/containers/create",
    options: {
      Image: image,
      Labels: { [DEPLOYMENT_LABEL]: deploymentId, [DOOR_LABEL]: "settings" },
      Entrypoint: ["/never-started"],
      HostConfig: { Binds: [`${volume}:${STATE_PATH}`], NetworkMode: "none" },
    },
  });
  try {
    return await work(door);
  } finally {
    await callEngine({ method: "DELETE", path: `/containers/${door}?`, options: { force: true } });
  }
}

/** The settings to go on from, and whether they are the file's; what is no file of settings is set aside. */
async function readSettings(door: string): Promise<{ readonly current: Json; readonly stays: boolean }> {
  const packed = await open(door, FILE);
  if (!packed) return { current: {}, stays: false };
  const present = await read(packed);
  if (present && !settingsRefused) return { current: present, stays: true };
  const packedLastGood = await open(door, LAST_GOOD);
  const lastGood = packedLastGood && (await read(packedLastGood));
  const copy = `${FILE}.unreadable-${Date.now()}`;
  await setAside(door, copy);
  process.stdout.write(`${FILE} could not be used. It was kept as ${copy} and written anew.\n`);
  return { current: lastGood ?? {}, stays: false };
}

/** Undefined if it is not a file of settings. OpenClaw takes JSON5: with comments, and commas at the end. */
async function read(packed: NodeJS.ReadableStream): Promise<Json | undefined> {
  const text = readTarFile(await beginning(packed));
  if (text === undefined) return undefined;
  for (const parse of [JSON.parse, async (json5: string) => (await import("json5")).default.parse(json5)]) {
    try {
      const parsed: unknown = await parse(text);
      if (isObject(parsed)) return parsed;
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
  const { renamed } = await import("./rename-archive.ts");
  // By another door: the engine lets nobody write by one that is being read from.
  await throughDoor(async (other) => {
    const packed = await open(other, FILE);
    if (!packed) return;
    await callEngine({ ...archive(door, STATE_PATH), method: "PUT", file: renamed(packed, FILE, copy) });
  });
}

function archive(door: string, path: string): Modem.DialOptions {
  return { path: `/containers/${door}/archive?`, options: { path } };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
