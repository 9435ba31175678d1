// The settings of an assistant that has no container, made ready ahead of the command that writes them.
import { readFile } from "node:fs/promises";
import { resourceName } from "../args.ts";
import { newSettings } from "../assistant/edit-settings.mjs";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { textOfBytes } from "../assistant/settings-bytes.mjs";
import { callEngine } from "./client.ts";
import { leavingOpen } from "./door.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";
import { runsAs } from "./replace-inside.ts";
import { edited, handedByPath, settingsByPath } from "./settings-archive.ts";
import type { Asked } from "./settings-asked.ts";
import { put, SETTINGS } from "./settings-file.ts";
import { givenTo, readSmallData } from "./small-data.ts";
import { type Entry, tarFiles } from "./tar.ts";

export interface First {
  readonly door: string;
  /** What is still to be put there. */
  readonly entries: readonly Entry[];
}

/** @returns undefined where it can't be written at once @throws Error of the engine */
export async function firstAhead(asked: Asked): Promise<First | undefined> {
  const mayBeMuch = asked.uid !== undefined && asked.codeCache !== undefined;
  if (asked.settingsRefused || mayBeMuch || (await hasContainer(asked))) return undefined;
  // Pulumi takes it over by its name, as one that is there already.
  const options = { Name: asked.handed, Labels: { [DEPLOYMENT_LABEL]: asked.deploymentId } };
  await callEngine({ method: "POST", path: "/volumes/create", options });
  return leavingOpen(asked, async (door) => {
    const entries = await entriesFor(asked, door);
    return entries && { door, entries };
  });
}

async function entriesFor(asked: Asked, door: string): Promise<readonly Entry[] | undefined> {
  const { settings, uid, secretsFile } = asked;
  const data = await readSmallData(door);
  if (!data) return undefined;
  const path = `${STATE_PATH}/${SETTINGS}`;
  // A folder's name ends with a slash.
  const file = data.find(({ name }) => name === path || name === `${path}/`);
  const text = file && textIn(file);
  const wanted = file ? text && edited(asked, text) : newSettings(settings);
  if (!wanted) return undefined;
  const given = uid === undefined ? [] : givenTo(uid, data);
  const written = settingsByPath(asked, { path, text, wanted });
  const secrets = await readFile(secretsFile, "utf8");
  const all = [...given, ...handedByPath(asked, secrets, { path, text, wanted }), ...written];
  // Data without settings is none of an assistant yet.
  if (file && given.length + written.length > 0) return all;
  // An archive takes the engine as long as everything else here.
  await putAll(door, all);
  return [];
}

/** Once its door is closed: the stack has no such volume. @throws Error of the engine, also where a container has it */
export async function takeBackFirst({ handed }: Asked): Promise<void> {
  await callEngine({ method: "DELETE", path: `/volumes/${handed}` });
}

function textIn({ type, content }: Entry): string | undefined {
  return type === "file" && Buffer.isBuffer(content) ? textOfBytes(content) : undefined;
}

/** By their paths inside the door. */
export async function putAll(door: string, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await put(door, "/", await tarFiles(entries.map((entry) => ({ ...entry, name: entry.name.slice(1) }))));
}

export async function hasContainer({ deploymentId }: Asked): Promise<boolean> {
  return (await runsAs(resourceName(deploymentId))) !== undefined;
}
