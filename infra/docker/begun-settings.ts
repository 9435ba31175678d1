// What writing an assistant's settings needs, made ready while Pulumi starts: the way into its volumes, what it is handed, and
// the new settings beside those that it has. The stack's command takes it from here, and alone changes what an assistant reads.
import { isDeepStrictEqual } from "node:util";
import type { StateResource } from "../found.ts";
import { type Changed, changeAhead, isStillSo, takeBackChange } from "./changed-settings.ts";
import { closeDoor } from "./door.ts";
import { type First, firstAhead, hasContainer, putAll, takeBackFirst } from "./first-settings.ts";
import { type Asked, askedIn } from "./settings-asked.ts";

const COMMAND = "command:local:Command";
/** A stack that has one writes its settings only if they have changed. */
const CONTAINER = "docker:index/container:Container";

interface Begun {
  readonly asked: Asked;
  readonly ready: Promise<First | Changed | undefined>;
  closed?: Promise<void>;
}

/** Of the operation that runs: a process has one at a time. */
let begun: Begun | undefined;

/** See Target. */
export function beginHanding(
  deploymentId: string,
  config: Readonly<Record<string, string>>,
  resources: readonly StateResource[],
): (why?: "refused") => Promise<void> {
  const asked = askedIn(deploymentId, config);
  const makeReady = ahead(asked, config, resources);
  if (!makeReady) return async () => {};
  const own: Begun = { asked, ready: makeReady(asked).catch(() => undefined) };
  begun = own;
  return async (why) => {
    if (begun === own) begun = undefined;
    const ready = await own.ready;
    // What stays is removed with all else that the stack does not have.
    if (why === "refused" && ready && "prepared" in ready) await takeBackChange(asked, ready).catch(() => {});
    await close(own).catch(() => {});
    const isNew = makeReady === firstAhead && !resources.some(({ id }) => id === asked.handed);
    if (why === "refused" && isNew) await takeBackFirst(asked).catch(() => {});
  };
}

/** Undefined where Pulumi may have nothing to write, or first removes what runs. */
function ahead(
  asked: Asked,
  { startedWith, secretsFingerprint }: Readonly<Record<string, string>>,
  resources: readonly StateResource[],
) {
  if (!resources.some(({ type }) => type === CONTAINER || type === COMMAND)) return firstAhead;
  const stdin = resources.flatMap(({ type, outputs }) => (type === COMMAND ? [outputs?.stdin] : []));
  const isWritten = stdin.some((text) => isDeepStrictEqual(parsed(text), asked));
  return isWritten || startedWith === secretsFingerprint ? undefined : changeAhead;
}

/**
 * Puts what is asked for in its place. @param apply has the assistant that runs go by it
 * @returns undefined where nothing, or something else, was made ready
 */
export async function finishBegun(
  asked: Asked,
  apply: (changed: Changed) => Promise<string | undefined>,
): Promise<{ readonly refusal: string | undefined } | undefined> {
  if (!begun || !isDeepStrictEqual(begun.asked, asked)) return undefined;
  const own = begun;
  begun = undefined;
  const ready = await own.ready;
  if (!ready) return undefined;
  try {
    if ("prepared" in ready)
      return (await isStillSo(asked, ready)) ? { refusal: await apply(ready) } : undefined;
    if (ready.entries.length > 0 && (await hasContainer(asked))) return undefined;
    await putAll(ready.door, ready.entries);
    return { refusal: undefined };
  } finally {
    // While the container starts: who has begun it waits for that.
    close(own).catch(() => {});
  }
}

/** Once, whoever asks for it. */
function close(own: Begun): Promise<void> {
  own.closed ??= own.ready.then((ready) => (ready ? closeDoor(ready.door) : undefined));
  return own.closed;
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
