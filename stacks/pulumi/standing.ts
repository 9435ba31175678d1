// How a stack stands before it is touched, and once it was: by its state, and by what its target has. Pulumi believes the
// state alone: it would do to others what a wrong one names, and leave what a former one does not know.
import { hostname } from "node:os";
import type { Comparison } from "../../infra/found.ts";
import type { Target } from "../../infra/target.ts";
import { type Cause, STACK_LOCKED, STACK_RENAMED, STATE_DAMAGED } from "../causes.ts";
import { STATE_UNREADABLE } from "./known-texts.ts";
import { runsPulumi } from "./process-mark.ts";
import { findRenamed, foreignUrns, readLocks, readState, type StackState } from "./stack-state.ts";
import type { StackLock } from "./state-files.ts";
import type { StackLocation } from "./workspace.ts";

/** Thrown before anything of the stack, or of what it has made, is touched. */
export class Untouched extends Error {
  readonly reason: Cause;

  constructor(code: string, message: string) {
    super(message);
    this.reason = { code, message };
  }
}

export interface Standing {
  /** Undefined if there is no stack. */
  readonly state: StackState | undefined;
  readonly comparison: Comparison;
}

/** @throws Untouched when a process works on the stack that is not known to be dead */
export async function assertUnlocked(
  { stateFolder, stackName }: StackLocation,
  lostHosts: readonly string[],
): Promise<void> {
  const locks = stateFolder ? await readLocks(stateFolder, stackName) : [];
  for (const lock of locks) {
    if (await isDead(lock, lostHosts)) continue;
    const { user, host, pid } = lock;
    throw locked(`${user}@${host} (pid ${pid})`);
  }
}

export function locked(owner: string): Untouched {
  const message = `Another process is working on this stack: ${owner}. Nothing was touched. Try again when it has finished.`;
  return new Untouched(STACK_LOCKED, message);
}

/**
 * Whether the maker of a lock can't be writing any more: a dead process of this host, or one of `lostHosts`, whose
 * workers have lost the operation. They have ended it by their own clocks before that could happen.
 */
export async function isDead(
  { host, pid }: Pick<StackLock, "host" | "pid">,
  lostHosts: readonly string[],
): Promise<boolean> {
  // A file that is no lock: no process has made it.
  if (host === "") return true;
  return host === hostname() ? !(await runsPulumi(pid)) : lostHosts.includes(host);
}

interface Expected {
  /** Whether there should be a stack. */
  readonly isExpected: boolean;
  /** Where the assistant's data is by its record; null where that is as at the beginning. */
  readonly dataVolume?: string | null | undefined;
}

/**
 * How it stands, if Pulumi may act on it.
 * @throws Untouched when its state can't be read, names what is not the deployment's, or has another name
 */
export async function examine(
  location: StackLocation,
  target: Pick<Target, "compare">,
  { isExpected, dataVolume = null }: Expected,
): Promise<Standing> {
  const { stackName, stateFolder } = location;
  const renamed = isExpected && stateFolder ? await findRenamed(stateFolder, stackName) : undefined;
  if (renamed !== undefined)
    throw new Untouched(
      STACK_RENAMED,
      `Nothing was touched: the assistant's stack was renamed. Try again when the operator has put that right: pulumi stack rename ${stackName} --stack ${renamed}`,
    );
  const state = await readState(location, isExpected);
  if (state === "unreadable") throw unreadable();
  const comparison = await target.compare(stackName, state?.resources ?? [], dataVolume);
  const foreign = foreignParts(location, { state, comparison });
  if (foreign.length > 0)
    throw new Untouched(
      STATE_DAMAGED,
      `Nothing was touched: the stack's state names what is not this deployment's (${foreign.join("; ")}). Try again when the operator has restored the state, or delete the deployment: that removes what is its own alone.`,
    );
  return { state, comparison };
}

/** The same where everything is to go: undefined if Pulumi must not act on the state. */
export async function examineForRemoval(
  location: StackLocation,
  target: Pick<Target, "compare">,
  { isExpected, dataVolume = null }: Expected,
): Promise<Standing | undefined> {
  const state = await readState(location, isExpected);
  const resources = typeof state === "object" ? state.resources : [];
  const comparison = await target.compare(location.stackName, resources, dataVolume);
  if (state === "unreadable") {
    // What else there is of it can't be found there.
    if (comparison.data === "unknown") throw unreadable();
    return undefined;
  }
  return foreignParts(location, { state, comparison }).length > 0 ? undefined : { state, comparison };
}

function unreadable(): Untouched {
  return new Untouched(STATE_DAMAGED, `Nothing was touched. ${STATE_UNREADABLE}`);
}

function foreignParts({ stackName }: StackLocation, { state, comparison }: Standing): readonly string[] {
  const [urn] = state ? foreignUrns(state, stackName) : [];
  return [...(urn === undefined ? [] : [`resource ${urn}`]), ...comparison.foreign];
}

/** Whether there is a stack, or an attempt may have made one that no record names. */
export function mayHaveStack({
  stackExists,
  unfinishedBefore,
}: {
  readonly stackExists: boolean;
  readonly unfinishedBefore: object | undefined;
}): boolean {
  return stackExists || unfinishedBefore !== undefined;
}

/** Ids of what the state knows. */
export function idsIn(state: StackState | undefined): ReadonlySet<string> {
  return new Set((state?.resources ?? []).flatMap(({ id }) => (id ? [id] : [])));
}
