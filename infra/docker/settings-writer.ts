// Hands an assistant its secrets, Berth's plugin and Berth's keys of openclaw.json, before its container starts. Other keys of
// that file belong to the customer and the agent: they are kept. An assistant that runs reads them again by itself: what it
// refuses is taken back.
import { readFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path/posix";
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
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";
import { markSetAside } from "./set-aside-mark.ts";
import { copyOf, findSettings, LAST_GOOD, openFile, put, SETTINGS } from "./settings-file.ts";
import { smallDataFor } from "./small-data.ts";
import { type Entry, tarFiles } from "./tar.ts";
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

  /** In what the assistant is handed. */
  get #secretsName(): string {
    return `${this.#asked.secretsFingerprint}.json`;
  }

  /** @returns why the assistant refuses them */
  async write(): Promise<string | undefined> {
    return throughDoor(this.#asked, (door) => this.#writeBy(door));
  }

  async #writeBy(door: string): Promise<string | undefined> {
    const { deploymentId, secretsFile, uid } = this.#asked;
    const secrets = await readFile(secretsFile, "utf8");
    const { runsAs } = await import("./replace-inside.ts");
    const user = await runsAs(resourceName(deploymentId));
    if (user === undefined) return this.#writeAtOnce(door, secrets);
    if (uid !== undefined && user !== userText(uid)) await this.#giveData(uid);
    await put(door, HANDED_PATH, await tarFiles(this.#handed(secrets)));
    const prepared = await this.#prepareSettings(door);
    if (prepared.text === prepared.wanted) return undefined;
    return this.#apply(door, prepared, secrets, user !== null);
  }

  /** Without a container nobody reads meanwhile: all of it is one archive. */
  async #writeAtOnce(door: string, secrets: string): Promise<undefined> {
    const { path, text, wanted } = await this.#prepareSettings(door);
    const before = secretsNameIn(text);
    const handed = [
      ...this.#handed(secrets),
      ...(before && before !== this.#secretsName ? [this.#secretsFile(before, "{}")] : []),
    ];
    const entries = [
      ...(await this.#stillToBeGiven(door)),
      ...handed.map((entry) => ({ ...entry, name: join(HANDED_PATH, entry.name) })),
      ...(text === wanted ? [] : [this.#settingsFile(path, wanted)]),
    ];
    await put(door, "/", await tarFiles(entries.map((entry) => ({ ...entry, name: entry.name.slice(1) }))));
  }

  /** The door has filled a new volume with what the image has there. */
  async #stillToBeGiven(door: string): Promise<readonly Entry[]> {
    const { uid, codeCache } = this.#asked;
    if (uid === undefined) return [];
    const small = codeCache ? undefined : await smallDataFor(door, uid);
    if (!small) await this.#giveData(uid);
    return small ?? [];
  }

  async #apply(
    door: string,
    { path, text, wanted }: Prepared,
    secrets: string,
    runs: boolean,
  ): Promise<string | undefined> {
    const { endpoint } = this.#asked;
    const { gateway: gatewayToken } = JSON.parse(secrets) as { readonly gateway: string };
    const after = this.#secretsName;
    const replace = () => this.#replaceSettings(door, path, wanted);
    // Without its container, what answers there is somebody else: they are sent no token.
    const refusal = runs ? await untilApplied({ endpoint, gatewayToken }, replace) : await replace();
    const before = secretsNameIn(text);
    const isUnused = before === after ? undefined : refusal === undefined ? before : after;
    if (refusal !== undefined && text !== undefined) await this.#replaceSettings(door, path, text);
    if (isUnused) await put(door, HANDED_PATH, await tarFiles([this.#secretsFile(isUnused, "{}")]));
    return refusal;
  }

  /** Another setting or secret is another path, which makes an assistant that runs read it. */
  #handed(secrets: string): Entry[] {
    const { gatewayCa } = this.#asked;
    const readable = (name: string, content: string) => ({ name, content, mode: 0o444, ...this.#user });
    return [
      this.#secretsFile(this.#secretsName, secrets),
      ...pluginFiles().map(({ name, text }) => readable(`plugin/${name}`, text)),
      ...(gatewayCa ? [readable(basename(GATEWAY_CA_PATH), gatewayCa)] : []),
    ];
  }

  #secretsFile(name: string, content: string): Entry {
    return { name, content, mode: 0o400, ...this.#user };
  }

  #settingsFile(name: string, text: string): Entry {
    return { name, content: bytesOfText(text), mode: 0o600, ...this.#user };
  }

  async #giveData(uid: number): Promise<void> {
    const { giveData } = await import("./give-data.ts");
    await giveData({ ...this.#asked, uid });
  }

  /** Into the place of the old one at once: an assistant that runs must not read half of it. */
  async #replaceSettings(door: string, path: string, text: string): Promise<undefined> {
    const unfinished = `${path}.new`;
    const { replaceInside } = await import("./replace-inside.ts");
    const write = async (to: string) =>
      put(door, dirname(to), await tarFiles([this.#settingsFile(basename(to), text)]));
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
