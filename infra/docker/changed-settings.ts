// Other settings of an assistant that runs, made ready ahead of the command that has it read them: what it is handed besides, and
// the new file beside its own.
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path/posix";
import { resourceName } from "../args.ts";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { HANDED_PATH } from "../assistant/openclaw.ts";
import { unlessGone } from "./client.ts";
import { leavingOpen } from "./door.ts";
import { removeInside, runsAs } from "./replace-inside.ts";
import {
  edited,
  handedEntries,
  type Prepared,
  secretsEntry,
  secretsName,
  secretsNameIn,
  settingsEntry,
  unfinished,
} from "./settings-archive.ts";
import type { Asked } from "./settings-asked.ts";
import { findSettings, put, readStat, SETTINGS } from "./settings-file.ts";
import { tarFiles } from "./tar.ts";
import { userText } from "./user.ts";

const PATH = `${STATE_PATH}/${SETTINGS}`;

export interface Changed {
  readonly door: string;
  /** What is to be moved into the place of what. */
  readonly prepared: Prepared;
  /** What the engine said of the file before it was read. */
  readonly stat: string;
}

/** @returns undefined where it is not that simple @throws Error of the engine */
export async function changeAhead(asked: Asked): Promise<Changed | undefined> {
  if (asked.settingsRefused || !(await runsAsItsUser(asked))) return undefined;
  return leavingOpen(asked, (door) => change(asked, door));
}

async function change(asked: Asked, door: string): Promise<Changed | undefined> {
  const stat = await readStat(door, PATH);
  const found = await findSettings(door, SETTINGS);
  if (found?.path !== PATH || found.text === undefined) return undefined;
  const wanted = edited(asked, found.text);
  if (wanted === undefined || wanted === found.text) return undefined;
  const secrets = await readFile(asked.secretsFile, "utf8");
  await put(door, HANDED_PATH, await tarFiles(handedEntries(asked, secrets)));
  const file = settingsEntry(asked, basename(unfinished(PATH)), wanted);
  await put(door, dirname(PATH), await tarFiles([file]));
  return { door, prepared: { path: PATH, text: found.text, wanted }, stat };
}

/** Whether the same assistant runs, and its settings are those that were read. */
export async function isStillSo(asked: Asked, { door, stat }: Changed): Promise<boolean> {
  return (await runsAsItsUser(asked)) && (await readStat(door, PATH).catch(unlessGone)) === stat;
}

/** What the assistant could read of it, and is not to go by. @throws Error of the engine */
export async function takeBackChange(asked: Asked, { door, prepared }: Changed): Promise<void> {
  const unused = secretsName(asked);
  if (secretsNameIn((await findSettings(door, SETTINGS))?.text) !== unused)
    await put(door, HANDED_PATH, await tarFiles([secretsEntry(asked, unused, "{}")]));
  await removeInside(resourceName(asked.deploymentId), unfinished(prepared.path));
}

async function runsAsItsUser({ deploymentId, uid }: Asked): Promise<boolean> {
  const user = await runsAs(resourceName(deploymentId));
  return typeof user === "string" && (uid === undefined || user === userText(uid));
}
