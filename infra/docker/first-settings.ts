// The settings of an assistant that has no container, made ready ahead of the command that writes them.
import { readFile } from "node:fs/promises";
import { resourceName } from "../args.ts";
import { newSettings } from "../assistant/edit-settings.mjs";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { callEngine } from "./client.ts";
import { closeDoor, openDoor } from "./door.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";
import { edited, handedByPath, settingsByPath } from "./settings-archive.ts";
import type { Asked } from "./settings-asked.ts";
import { findSettings, put, SETTINGS } from "./settings-file.ts";
import { smallDataFor } from "./small-data.ts";
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
  const door = await openDoor(asked);
  // What goes wrong, the command meets again, and says it.
  const entries = await entriesFor(asked, door).catch(() => undefined);
  if (entries) return { door, entries };
  await closeDoor(door);
  return undefined;
}

async function entriesFor(asked: Asked, door: string): Promise<readonly Entry[] | undefined> {
  const { settings, uid, secretsFile } = asked;
  const found = await findSettings(door, SETTINGS);
  const wanted = found ? edited(asked, found.text ?? "") : newSettings(settings);
  const given = uid === undefined ? [] : await smallDataFor(door, uid);
  if (wanted === undefined || !given) return undefined;
  const prepared = { path: found?.path ?? `${STATE_PATH}/${SETTINGS}`, text: found?.text, wanted };
  const ofData = [...given, ...settingsByPath(asked, prepared)];
  const handed = handedByPath(asked, await readFile(secretsFile, "utf8"), prepared);
  const all = [...given, ...handed, ...settingsByPath(asked, prepared)];
  // Data without settings is none of an assistant yet.
  if (found && ofData.length > 0) return all;
  // An archive takes the engine as long as everything else here.
  await putAll(door, all);
  return [];
}

/** By their paths inside the door. */
export async function putAll(door: string, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await put(door, "/", await tarFiles(entries.map((entry) => ({ ...entry, name: entry.name.slice(1) }))));
}

export async function hasContainer({ deploymentId }: Asked): Promise<boolean> {
  const { runsAs } = await import("./replace-inside.ts");
  return (await runsAs(resourceName(deploymentId))) !== undefined;
}
