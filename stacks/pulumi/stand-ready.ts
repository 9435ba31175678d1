// Makes a stack fit to be acted on: whatever a dead attempt, an operator or a cleaner has left is mended in the first attempt.
import type { Doing, Outputs } from "./doing.ts";
import { type OnEngineEvent, withEvents } from "./engine-events.ts";
import { isLockedByTheDead, recoverStack } from "./recovery.ts";
import { idsIn, type Standing } from "./standing.ts";
import { breakLock, settleSalt } from "./workspace.ts";

export type Act = (stackExists: boolean, onEvent: OnEngineEvent) => Promise<void>;

/** Call it before makeReady. @returns whether somebody has given the stack or its settings another secrets provider */
export async function settleSecrets(location: Doing["location"], { state }: Standing): Promise<boolean> {
  return (!state || state.secrets !== undefined) && settleSalt(location, state?.secrets);
}

/**
 * Drops what is pending in the state, and removes what there is beside it.
 * @param isMended whether the state is a copy, behind which there may be more
 * @returns whether there is such a stack
 */
export async function makeReady(
  doing: Doing,
  { state, comparison }: Standing,
  isMended: boolean,
): Promise<boolean> {
  const { step, target, location, touch, begin } = doing;
  const { beside, lost } = comparison;
  const isOdd = isMended || (state?.pendingOperations ?? 0) > 0;
  if (state && (isOdd || step.unfinishedBefore)) {
    begin();
    const stackExists = await recover(doing);
    // Of what agrees with its state nothing was changed: the try before may have been refused.
    if (isOdd || beside.length > 0 || lost.length > 0) touch();
    return stackExists;
  }
  // Where a stack's record is gone, all that the deployment has is beside it.
  if (beside.length > 0 || (!state && step.stackExists)) {
    touch();
    await target.removeStrays(location.stackName, idsIn(state), keptBy(step));
  }
  return state !== undefined;
}

/** Acts on a stack; a lock whose owner is dead is taken over. */
export async function actOn(doing: Doing, stackExists: boolean, act: Act): Promise<Outputs> {
  const { step, location, report, begin } = doing;
  begin();
  const once = (exists: boolean) =>
    withEvents(
      (onEvent) => act(exists, onEvent),
      (event) => report({ event }),
      (remark) => report({ remark }),
    );
  try {
    return await once(stackExists);
  } catch (error) {
    // An operator's own pulumi was cut off on this stack, or ours before there was one.
    if (!(await isLockedByTheDead(error, step.unfinishedBefore?.lostHosts ?? []))) throw error;
    await breakLock(location);
    return once(await recover(doing));
  }
}

function recover({ step, target, location, signal }: Doing): Promise<boolean> {
  const lostHosts = step.unfinishedBefore?.lostHosts ?? [];
  return recoverStack(location, { lostHosts, kept: keptBy(step) }, target, signal);
}

/** Where the data is by its record, whatever the state says. What is to be destroyed has nothing that is kept. */
export function keptBy(step: Doing["step"]): string | undefined {
  return step.name === "up" ? (step.config.volume ?? step.dataVolume ?? undefined) : undefined;
}
