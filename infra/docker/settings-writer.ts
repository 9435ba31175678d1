// Hands an assistant its secrets, Berth's plugin and Berth's keys of openclaw.json, before its container starts. Other keys of
// that file belong to the customer and the agent: they are kept. An assistant that runs reads them again by itself: what it
// refuses is taken back.
import { readFile } from "node:fs/promises";
import { basename, dirname, relative } from "node:path/posix";
import { resourceName } from "../args.ts";
import { keptAside, newSettings } from "../assistant/edit-settings.mjs";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { HANDED_PATH } from "../assistant/openclaw.ts";
import { marked } from "../assistant/own-words.ts";
import { untilApplied } from "../assistant/until-applied.ts";
import type { ProgramEnd } from "../target-row.ts";
import { finishBegun } from "./begun-settings.ts";
import { throughDoor } from "./door.ts";
import { putAll } from "./first-settings.ts";
import { replaceInside, runsAs } from "./replace-inside.ts";
import { markSetAside } from "./set-aside-mark.ts";
import {
  edited,
  handedByPath,
  handedEntries,
  type Prepared,
  secretsEntry,
  secretsName,
  secretsNameIn,
  settingsByPath,
  settingsEntry,
  unfinished,
} from "./settings-archive.ts";
import type { Asked } from "./settings-asked.ts";
import { copyOf, findSettings, LAST_GOOD, openFile, put, SETTINGS } from "./settings-file.ts";
import { smallDataFor } from "./small-data.ts";
import { type Entry, tarFiles } from "./tar.ts";
import { userText } from "./user.ts";

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

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  /** @returns why the assistant refuses them */
  async write(): Promise<string | undefined> {
    const finished = await finishBegun(this.#asked, async ({ door, prepared }) => {
      const secrets = await readFile(this.#asked.secretsFile, "utf8");
      return this.#apply(door, prepared, secrets, { runs: true, isWritten: true });
    });
    if (finished) return finished.refusal;
    return throughDoor(this.#asked, (door) => this.#writeBy(door));
  }

  async #writeBy(door: string): Promise<string | undefined> {
    const { deploymentId, secretsFile, uid } = this.#asked;
    const secrets = await readFile(secretsFile, "utf8");
    const user = await runsAs(resourceName(deploymentId));
    if (user === undefined) return this.#writeAtOnce(door, secrets);
    if (uid !== undefined && user !== userText(uid)) await this.#giveData(uid);
    await put(door, HANDED_PATH, await tarFiles(handedEntries(this.#asked, secrets)));
    const prepared = await this.#prepareSettings(door);
    if (prepared.text === prepared.wanted) return undefined;
    return this.#apply(door, prepared, secrets, { runs: user !== null, isWritten: false });
  }

  /** Without a container nobody reads meanwhile: all of it is one archive. */
  async #writeAtOnce(door: string, secrets: string): Promise<undefined> {
    const prepared = await this.#prepareSettings(door);
    const given = await this.#stillToBeGiven(door);
    const handed = handedByPath(this.#asked, secrets, prepared);
    await putAll(door, [...given, ...handed, ...settingsByPath(this.#asked, prepared)]);
  }

  /** The door has filled a new volume with what the image has there. */
  async #stillToBeGiven(door: string): Promise<readonly Entry[]> {
    const { uid, codeCache } = this.#asked;
    if (uid === undefined) return [];
    const small = codeCache ? undefined : await smallDataFor(door, uid);
    if (!small) await this.#giveData(uid);
    return small ?? [];
  }

  /** `isWritten`: the new settings are there already, to be moved. */
  async #apply(
    door: string,
    { path, text, wanted }: Prepared,
    secrets: string,
    { runs, isWritten }: { readonly runs: boolean; readonly isWritten: boolean },
  ): Promise<string | undefined> {
    const { endpoint } = this.#asked;
    const { gateway: gatewayToken } = JSON.parse(secrets) as { readonly gateway: string };
    const after = secretsName(this.#asked);
    const replace = () => this.#replaceSettings(door, path, wanted, isWritten);
    // Without its container, what answers there is somebody else: they are sent no token.
    const refusal = runs ? await untilApplied({ endpoint, gatewayToken }, replace) : await replace();
    const before = secretsNameIn(text);
    const isUnused = before === after ? undefined : refusal === undefined ? before : after;
    if (refusal !== undefined && text !== undefined) await this.#replaceSettings(door, path, text, false);
    if (isUnused) await put(door, HANDED_PATH, await tarFiles([secretsEntry(this.#asked, isUnused, "{}")]));
    return refusal;
  }

  async #giveData(uid: number): Promise<void> {
    const { giveData } = await import("./give-data.ts");
    await giveData({ ...this.#asked, uid });
  }

  /** Into the place of the old one at once: an assistant that runs must not read half of it. */
  async #replaceSettings(door: string, path: string, text: string, isWritten: boolean): Promise<undefined> {
    const from = unfinished(path);
    const write = async (to: string) =>
      put(door, dirname(to), await tarFiles([settingsEntry(this.#asked, basename(to), text)]));
    const isReplaced = await replaceInside(resourceName(this.#asked.deploymentId), {
      write: async () => (isWritten ? undefined : write(from)),
      from,
      to: path,
    });
    if (!isReplaced) await write(path);
  }

  /** What is no file of settings is set aside. */
  async #prepareSettings(door: string): Promise<Prepared> {
    const found = await findSettings(door, SETTINGS);
    if (!found) return { path: `${STATE_PATH}/${SETTINGS}`, wanted: newSettings(this.#asked.settings) };
    const { path, text } = found;
    const wanted = text === undefined || this.#asked.settingsRefused ? undefined : edited(this.#asked, text);
    if (wanted !== undefined) return { path, text, wanted };
    const lastGood = (await findSettings(door, LAST_GOOD))?.text;
    const copy = `${SETTINGS}.unreadable-${Date.now()}`;
    await markSetAside(door, copy);
    await this.#setAside(door, path, copy);
    this.remarks.push(`${keptAside(copy)}\n`);
    const accepted = lastGood === undefined ? undefined : edited(this.#asked, lastGood);
    return { path, wanted: accepted ?? newSettings(this.#asked.settings) };
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
