// Hands an assistant its secrets, Berth's plugin and Berth's keys of openclaw.json, before its container starts. Other keys of
// that file belong to the customer and the agent: they are kept. An assistant that runs reads them again by itself: what it
// refuses is taken back.
import { readFile } from "node:fs/promises";
import { basename, dirname, relative } from "node:path/posix";
import { resourceName } from "../args.ts";
import { editSettings, keptAside, newSettings, readSettings } from "../assistant/edit-settings.mjs";
import { IMAGE_UID, STATE_PATH } from "../assistant/image-contract.ts";
import type { Json } from "../assistant/merge-settings.mjs";
import { GATEWAY_CA_PATH, HANDED_PATH } from "../assistant/openclaw.ts";
import { marked } from "../assistant/own-words.ts";
import { pluginFiles } from "../assistant/plugin-files.ts";
import { bytesOfText } from "../assistant/settings-bytes.mjs";
import { untilApplied } from "../assistant/until-applied.ts";
import type { ProgramEnd } from "../target-row.ts";
import { callEngine } from "./client.ts";
import { giveSmallData } from "./give-small-data.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";
import { markSetAside } from "./set-aside-mark.ts";
import { copyOf, findSettings, LAST_GOOD, openFile, put, SETTINGS } from "./settings-file.ts";
import { tarFile, tarFiles } from "./tar.ts";
import { userText } from "./user.ts";

export interface Asked {
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
  /** Of the user that it is to run as; the image's own if absent. */
  readonly uid?: number;
  /** Name of the volume with the compiled code that it may read. */
  readonly codeCache?: string;
  /** Certificate, in PEM, that it is to trust beside those that it does. */
  readonly gatewayCa?: string;
}

interface Prepared {
  /** Of the file itself, inside the container. */
  readonly path: string;
  /** What is in it; undefined if there was none, or it is set aside. */
  readonly text?: string | undefined;
  readonly wanted: string;
}

/**
 * Writes what is asked for. What it has to say to the customer is its output; 1 if the assistant refuses its settings.
 * @throws Error of the engine
 */
export async function writeSettings(asked: Asked): Promise<ProgramEnd> {
  const writer = new SettingsWriter(asked);
  const refusal = await writer.write();
  const stdout = writer.remarks.join("");
  if (refusal === undefined) return { exitCode: 0, stdout, stderr: "" };
  const stderr = `The running assistant refuses its new settings.\n${marked(refusal)}\n`;
  return { exitCode: 1, stdout, stderr };
}

class SettingsWriter {
  readonly remarks: string[] = [];
  readonly #asked: Asked;
  readonly #user: { readonly uid: number; readonly gid: number };

  constructor(asked: Asked) {
    this.#asked = asked;
    const { uid = IMAGE_UID } = asked;
    this.#user = { uid, gid: uid };
  }

  /** @returns why the assistant refuses them */
  async write(): Promise<string | undefined> {
    return throughDoor(this.#asked, (door) => this.#writeBy(door));
  }

  async #writeBy(door: string): Promise<string | undefined> {
    const { deploymentId, secretsFile, uid } = this.#asked;
    const secrets = await readFile(secretsFile, "utf8");
    const { runsAs } = await import("./replace-inside.ts");
    const running = await runsAs(resourceName(deploymentId));
    if (uid !== undefined && running !== userText(uid))
      await this.#giveDataTo(uid, door, running === undefined);
    await this.#handOver(door, secrets);
    const prepared = await this.#prepareSettings(door);
    if (prepared.text === prepared.wanted) return undefined;
    return this.#apply(door, prepared, secrets, typeof running === "string");
  }

  async #apply(
    door: string,
    { path, text, wanted }: Prepared,
    secrets: string,
    runs: boolean,
  ): Promise<string | undefined> {
    const { endpoint, secretsFingerprint } = this.#asked;
    const { gateway: gatewayToken } = JSON.parse(secrets) as { readonly gateway: string };
    const after = secretsName(secretsFingerprint);
    const replace = () => this.#replaceSettings(door, path, wanted);
    // Without its container, what answers there is somebody else: they are sent no token.
    const refusal = runs ? await untilApplied({ endpoint, gatewayToken }, replace) : await replace();
    const before = secretsNameIn(text);
    const isUnused = before === after ? undefined : refusal === undefined ? before : after;
    if (refusal !== undefined && text !== undefined) await this.#replaceSettings(door, path, text);
    if (isUnused) await put(door, HANDED_PATH, await tarFile(isUnused, "{}", { ...this.#user, mode: 0o400 }));
    return refusal;
  }

  /** Another setting or secret is another path, which makes an assistant that runs read it. */
  async #handOver(door: string, secrets: string): Promise<void> {
    const { gatewayCa } = this.#asked;
    const files = [
      { name: secretsName(this.#asked.secretsFingerprint), content: secrets, mode: 0o400, ...this.#user },
      ...pluginFiles().map(({ name, text }) => ({
        name: `plugin/${name}`,
        content: text,
        mode: 0o444,
        ...this.#user,
      })),
      ...(gatewayCa
        ? [{ name: basename(GATEWAY_CA_PATH), content: gatewayCa, mode: 0o444, ...this.#user }]
        : []),
    ];
    await put(door, HANDED_PATH, await tarFiles(files));
  }

  /** The door has filled a new volume with what the image has there. */
  async #giveDataTo(uid: number, door: string, isAlone: boolean): Promise<void> {
    if (isAlone && !this.#asked.codeCache && (await giveSmallData(door, uid))) return;
    const { giveData } = await import("./give-data.ts");
    await giveData({ ...this.#asked, uid });
  }

  /** Into the place of the old one at once: an assistant that runs must not read half of it. */
  async #replaceSettings(door: string, path: string, text: string): Promise<undefined> {
    const unfinished = `${path}.new`;
    const { replaceInside } = await import("./replace-inside.ts");
    const write = async (to: string) =>
      put(door, dirname(to), await tarFile(basename(to), bytesOfText(text), { ...this.#user, mode: 0o600 }));
    const isReplaced = await replaceInside(resourceName(this.#asked.deploymentId), {
      write: () => write(unfinished),
      from: unfinished,
      to: path,
    });
    if (!isReplaced) await write(path);
  }

  /** What is no file of settings is set aside. */
  async #prepareSettings(door: string): Promise<Prepared> {
    const found = await findSettings(door, SETTINGS);
    if (!found) return { path: `${STATE_PATH}/${SETTINGS}`, wanted: newSettings(this.#asked.settings) };
    const { path, text } = found;
    const wanted = text === undefined || this.#asked.settingsRefused ? undefined : this.#edited(text);
    if (wanted !== undefined) return { path, text, wanted };
    const lastGood = (await findSettings(door, LAST_GOOD))?.text;
    const copy = `${SETTINGS}.unreadable-${Date.now()}`;
    await markSetAside(door, copy);
    await this.#setAside(door, path, copy);
    this.remarks.push(`${keptAside(copy)}\n`);
    const accepted = lastGood === undefined ? undefined : this.#edited(lastGood);
    return { path, wanted: accepted ?? newSettings(this.#asked.settings) };
  }

  #edited(text: string): string | undefined {
    try {
      return editSettings(text, this.#asked.settings);
    } catch {
      return undefined;
    }
  }

  /** Keeps the file, or whatever is in its place, before it is written over. */
  async #setAside(door: string, path: string, copy: string): Promise<void> {
    const { setAsideInside } = await import("./set-aside.ts");
    if (await setAsideInside(this.#asked, STATE_PATH, relative(STATE_PATH, path), copy)) return;
    // With an image that has no program for it, it is copied.
    // By another door: the engine lets nobody write by one that is being read from.
    await throughDoor(this.#asked, async (other) => {
      const packed = await openFile(other, path);
      if (packed) await put(door, STATE_PATH, await copyOf(packed, path, copy));
    });
  }
}

function secretsName(fingerprint: string): string {
  return `${fingerprint}.json`;
}

/** The file of secrets that the settings name; undefined if that is none of Berth's. */
function secretsNameIn(text: string | undefined): string | undefined {
  const current = text === undefined ? undefined : readSettings(text);
  const path = (current as { secrets?: { providers?: { berth?: { path?: unknown } } } } | undefined)?.secrets
    ?.providers?.berth?.path;
  return new RegExp(`^${HANDED_PATH}/([0-9a-f]+\\.json)$`).exec(String(path))?.[1];
}

/** With a container that is never started: the one way into a volume that works with every Docker engine. */
async function throughDoor<T>(asked: Asked, work: (door: string) => Promise<T>): Promise<T> {
  // To mount a volume that is gone would make another one in its place.
  const volumes = [asked.volume, asked.handed];
  await Promise.all(volumes.map((name) => callEngine({ method: "GET", path: `/volumes/${name}?` })));
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
