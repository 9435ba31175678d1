// The step that leaves nothing of a stack. It needs the state and the id alone, not what the deployment was meant to be; and
// a state that is not the deployment's it does not need either.
import { beginEnding } from "./ahead.ts";
import type { Doing, Outputs } from "./doing.ts";
import { isPassphraseRefused } from "./error-texts.ts";
import type { DestroyStep } from "./messages.ts";
import { readState } from "./stack-state.ts";
import { type Act, actOn, makeReady, settleSecrets } from "./stand-ready.ts";
import { assertUnlocked, examineForRemoval, mayHaveStack, type Standing } from "./standing.ts";
import { forgetRemoved, mendStateFiles } from "./state-files.ts";
import { destroyStack, dropStack, isStackMissing } from "./workspace.ts";

export async function destroy(doing: Doing<DestroyStep>): Promise<Outputs> {
  const { step, target, location } = doing;
  const { stackName, stateFolder } = location;
  await assertUnlocked(location, step.unfinishedBefore?.lostHosts ?? []);
  const isMended = stateFolder !== undefined && (await mendStateFiles(stateFolder, stackName));
  const standing = await examineForRemoval(location, target, {
    isExpected: mayHaveStack(step),
    dataVolume: step.dataVolume,
  });
  if (((await target.detachOthers?.(stackName)) ?? 0) > 0) doing.touch();
  const isDone = standing && (await destroyByState(doing, standing, isMended));
  if (!isDone) {
    doing.touch();
    await target.clearTheWay(stackName, { which: "every" });
    await dropStack(location);
  }
  if (stateFolder) await forgetRemoved(stateFolder, stackName);
  await target.removeAll(stackName);
  await assertNothingIsLeft(doing);
  return null;
}

/** What it has made stays, and nothing of it is touched: the next stack of that name begins with nothing. */
export async function forget({ step, location, touch }: Doing): Promise<void> {
  await assertUnlocked(location, step.unfinishedBefore?.lostHosts ?? []);
  touch();
  await dropStack(location).catch((error: unknown) => {
    if (!isStackMissing(error)) throw error;
  });
  if (location.stateFolder) await forgetRemoved(location.stateFolder, location.stackName);
}

/** @returns false if Pulumi can't, for the passphrase that it is given: nothing in the stack is encrypted by it. */
async function destroyByState(
  doing: Doing<DestroyStep>,
  standing: Standing,
  isMended: boolean,
): Promise<boolean> {
  const { step, target, location, signal, touch } = doing;
  const act: Act = async (stackExists, onEvent) => {
    if ((await target.clearTheWay(location.stackName, step.remove)) > 0) touch();
    if (!stackExists) return;
    const exclude = await leftToTarget(doing, standing);
    signal.throwIfAborted();
    const ended = beginEnding(doing);
    const options = { signal, onEvent, parallel: 4, suppressProgress: true };
    await destroyStack(location, { ...options, exclude }).finally(() => ended);
  };
  try {
    await settleSecrets(location, standing);
    await actOn(doing, await makeReady(doing, standing, isMended), act);
    return true;
  } catch (error) {
    // What a target can't find by itself, only the state leads to.
    const isFound = standing.comparison.data !== "unknown";
    if (isFound && error instanceof Error && isPassphraseRefused(error.message)) return false;
    throw error;
  }
}

/** URNs of what the target removes. Recovery may have taken some out of the state: Pulumi refuses to leave out what is not there. */
async function leftToTarget({ target, step, location }: Doing, standing: Standing): Promise<string[]> {
  const types = target.leftToRemoveAll ?? [];
  if (types.length === 0) return [];
  const mayDiffer = location.stateFolder !== undefined || step.unfinishedBefore !== undefined;
  const state = mayDiffer ? await readState(location, true) : standing.state;
  if (typeof state !== "object") return [];
  return state.resources.flatMap(({ type, urn }) => (types.includes(type) ? [urn] : []));
}

async function assertNothingIsLeft({ step, target, location }: Doing): Promise<void> {
  const { beside, data } = await target.compare(location.stackName, [], step.dataVolume);
  const left = [...beside, ...(data === "there" ? ["its data"] : [])];
  if (left.length > 0) throw new Error(`The stack was removed, and this is left of it: ${left.join(", ")}.`);
}
