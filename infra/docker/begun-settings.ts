// What a new assistant's settings need, made ready while Pulumi starts: the way into its volumes, what its data has now, and
// what it is handed. The stack's command takes it from here, and alone changes what an assistant has written.
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { resourceName } from "../args.ts";
import { newSettings } from "../assistant/edit-settings.mjs";
import { STATE_PATH } from "../assistant/image-contract.ts";
import type { StateResource } from "../found.ts";
import { callEngine } from "./client.ts";
import { closeDoor, openDoor } from "./door.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";
import { edited, handedByPath, settingsByPath } from "./settings-archive.ts";
import { type Asked, askedIn } from "./settings-asked.ts";
import { findSettings, put, SETTINGS } from "./settings-file.ts";
import { smallDataFor } from "./small-data.ts";
import { type Entry, tarFiles } from "./tar.ts";

/** Resources that come with a container: a stack that has one writes its settings only if they have changed. */
const OF_A_CONTAINER = ["docker:index/container:Container", "command:local:Command"];

interface Ready {
  readonly door: string;
  /** What is still to be put there. */
  readonly entries: readonly Entry[];
}

interface Begun {
  readonly asked: Asked;
  readonly ready: Promise<Ready | undefined>;
  closed?: Promise<void>;
}

/** Of the operation that runs: a process has one at a time. */
let begun: Begun | undefined;

/** See Target. */
export function beginHanding(
  deploymentId: string,
  config: Readonly<Record<string, string>>,
  resources: readonly StateResource[],
): () => Promise<void> {
  if (resources.some(({ type }) => OF_A_CONTAINER.includes(type))) return async () => {};
  const asked = askedIn(deploymentId, config);
  const own: Begun = { asked, ready: makeReady(asked).catch(() => undefined) };
  begun = own;
  return async () => {
    if (begun === own) begun = undefined;
    // A door that stays is removed with all else that the stack does not have.
    await close(own).catch(() => {});
  };
}

/** Puts what is asked for in its place. @returns false where nothing, or something else, was made ready */
export async function finishBegun(asked: Asked): Promise<boolean> {
  if (!begun || !isDeepStrictEqual(begun.asked, asked)) return false;
  const own = begun;
  begun = undefined;
  const ready = await own.ready;
  if (!ready) return false;
  try {
    if (ready.entries.length > 0 && (await hasContainer(asked))) return false;
    await putAll(ready);
    return true;
  } finally {
    // While the container starts: who has begun it waits for that.
    close(own).catch(() => {});
  }
}

/** @returns undefined where it can't be written at once @throws Error of the engine */
async function makeReady(asked: Asked): Promise<Ready | undefined> {
  const mayBeMuch = asked.uid !== undefined && asked.codeCache !== undefined;
  if (asked.settingsRefused || mayBeMuch || (await hasContainer(asked))) return undefined;
  // Pulumi takes it over by its name, as one that is there already.
  const options = { Name: asked.handed, Labels: { [DEPLOYMENT_LABEL]: asked.deploymentId } };
  await callEngine({ method: "POST", path: "/volumes/create", options });
  const door = await openDoor(asked);
  try {
    const entries = await entriesFor(asked, door);
    if (entries) return { door, entries };
  } catch {
    // The command meets it again, and says it.
  }
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
  await putAll({ door, entries: all });
  return [];
}

export async function putAll({ door, entries }: Ready): Promise<void> {
  if (entries.length === 0) return;
  const inRoot = entries.map((entry) => ({ ...entry, name: entry.name.slice(1) }));
  await put(door, "/", await tarFiles(inRoot));
}

async function hasContainer({ deploymentId }: Asked): Promise<boolean> {
  const { runsAs } = await import("./replace-inside.ts");
  return (await runsAs(resourceName(deploymentId))) !== undefined;
}

/** Once, whoever asks for it. */
function close(own: Begun): Promise<void> {
  own.closed ??= own.ready.then((ready) => (ready ? closeDoor(ready.door) : undefined));
  return own.closed;
}
