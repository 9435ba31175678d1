// The step that brings a stack to its config. What Pulumi reports is not the end of it: the target is asked before and after.
import type { Comparison, StateResource } from "../../infra/found.ts";
import type { AssistantData, Target } from "../../infra/target.ts";
import { restore, writeOnceStopped } from "../backups/copy.ts";
import type { Written } from "../backups/work.ts";
import { DATA_GONE } from "../causes.ts";
import { beginBringing } from "./ahead.ts";
import type { Doing, Outputs } from "./doing.ts";
import type { OnEngineEvent } from "./engine-events.ts";
import { isPassphraseRefused } from "./error-texts.ts";
import type { UpStep } from "./messages.ts";
import { type Act, actOn, keptBy, makeReady, settleSecrets } from "./stand-ready.ts";
import { assertUnlocked, examine, idsIn, mayHaveStack, type Standing, Untouched } from "./standing.ts";
import { keepWholeState, mendStateFiles } from "./state-files.ts";
import { createStack, dropStack, openStack, writeConfig } from "./workspace.ts";

/** @throws Untouched when the stack is not to be acted on, or the assistant's data is gone and was not to be */
export async function up(doing: Doing<UpStep>): Promise<Outputs> {
  const { step, target, location } = doing;
  const { stackName, stateFolder } = location;
  await assertUnlocked(location, step.unfinishedBefore?.lostHosts ?? []);
  const isMended = stateFolder !== undefined && (await mendStateFiles(stateFolder, stackName));
  const { dataVolume } = step;
  const standing = await examine(location, target, { isExpected: mayHaveStack(step), dataVolume });
  const { comparison } = standing;
  const hasLostData = isDataGone(step, comparison);
  if (hasLostData && step.onDataGone === "fail") throw dataGone();
  const staysGone = hasLostData && step.onDataGone === "leave";
  const wanted: Wanted = {
    config: staysGone ? { ...step.config, dataGone: "true" } : step.config,
    refresh:
      (step.refresh && comparison.isAsRecorded !== true) ||
      comparison.lost.length > 0 ||
      comparison.data === "gone",
    resources: standing.state?.resources ?? [],
  };
  const remarked = new Set<string>();
  const report: Doing["report"] = (message) => {
    if ("remark" in message) remarked.add(message.remark.message);
    doing.report(message);
  };
  const act = withData(doing, wanted, hasLostData);
  const outputs = await onReadable({ ...doing, report }, standing, async (current) =>
    actOn({ ...doing, report }, await makeReady(doing, current, isMended), act),
  );
  const corrected = await correct({ ...doing, report }, wanted);
  await repeatRemarks(doing, remarked);
  return corrected ?? outputs;
}

/**
 * Acts on the stack. Where somebody has given its state another secrets provider, whose passphrase Berth has not, its record is
 * dropped and made anew around the data: nothing in it is encrypted.
 */
async function onReadable(
  { step, target, location }: Doing<UpStep>,
  standing: Standing,
  act: (standing: Standing) => Promise<Outputs>,
): Promise<Outputs> {
  let wasChanged = false;
  const settleAndAct = async (current: Standing) => {
    wasChanged = await settleSecrets(location, current);
    return act(current);
  };
  try {
    return await settleAndAct(standing);
  } catch (error) {
    // What a target can't find by itself, only the state leads to.
    const isFound = standing.comparison.data !== "unknown";
    if (!wasChanged || !isFound || !(error instanceof Error && isPassphraseRefused(error.message)))
      throw error;
    await dropStack(location);
    const comparison = await target.compare(location.stackName, [], step.dataVolume);
    return settleAndAct({ state: undefined, comparison });
  }
}

/** Of a try that was cut off before what it remarked was recorded: this one may have had nothing to remark. */
async function repeatRemarks({ step, target, location, report }: Doing<UpStep>, known: ReadonlySet<string>) {
  if (step.remarksSinceMs === undefined) return;
  const remarks = (await target.remarksSince?.(location.stackName, step.remarksSinceMs)) ?? [];
  for (const remark of remarks.filter(({ message }) => !known.has(message))) {
    report({ event: { kind: "diagnostic", severity: "warning", message: remark.message } });
    report({ remark });
  }
}

/** What can be done is said by who knows of the backups. */
function dataGone(): Untouched {
  return new Untouched(DATA_GONE, "The assistant's data is gone, and nothing was made in its place.");
}

/** Whether data that there was is not there any more. A slot that was never activated had none. */
function isDataGone({ had }: Pick<UpStep, "had">, { data }: Comparison): boolean {
  return had.wasWritten && (data === "gone" || (data === "none" && had.wasReported));
}

/** @throws Untouched when there was data, and there is none any more */
export async function assertDataIsThere(
  step: Pick<UpStep, "had" | "dataVolume">,
  target: Pick<Target, "compare">,
  deploymentId: string,
): Promise<void> {
  if (isDataGone(step, await target.compare(deploymentId, [], step.dataVolume))) throw dataGone();
}

interface Wanted {
  readonly config: Record<string, string>;
  readonly refresh: boolean;
  /** What the stack had before. */
  readonly resources: readonly StateResource[];
}

/** Of data that is gone there is nothing to back up: a backup of the emptiness would take the place of a good one. */
function withData(doing: Doing<UpStep>, wanted: Wanted, hasLostData: boolean): Act {
  const { data } = doing.step;
  return async (stackExists, onEvent) => {
    const bringUp = () => bring(doing, wanted, stackExists, onEvent);
    const copy = { signal: doing.signal, onWritten: onWritten(doing) };
    if (!data) return bringUp();
    if ("write" in data) {
      if (!hasLostData) return writeOnceStopped(await dataOf(doing, data.write), data.write, bringUp, copy);
      await bringUp();
      return copy.onWritten(undefined);
    }
    const asked = hasLostData ? { ...data.restore, before: "" } : data.restore;
    return restore(await dataOf(doing, asked), asked, bringUp, copy);
  };
}

async function bring(
  doing: Doing<UpStep>,
  wanted: Wanted,
  stackExists: boolean,
  onEvent: OnEngineEvent,
): Promise<void> {
  const { step, target, location, signal, report, touch } = doing;
  await writeConfig(location, wanted.config);
  if (!stackExists) await createStack(location);
  // A killed attempt may have created it, and not have had the time to report it.
  if (!step.stackExists) report({ stackExists: true });
  const stack = await openStack(location);
  if (location.stateFolder) await keepWholeState(location.stateFolder, location.stackName);
  signal.throwIfAborted();
  const removed = await target.clearTheWay(location.stackName, step.remove);
  if (removed > 0) touch();
  // An assistant takes its time to stop.
  signal.throwIfAborted();
  const refresh = removed > 0 || wanted.refresh;
  // What Pulumi reads first is left as it is until then.
  const end = refresh ? undefined : beginBringing(doing, wanted.config, wanted.resources);
  const brought = stack.up({ signal, onEvent, refresh, parallel: 4, suppressProgress: true });
  await brought.then(
    () => end?.(),
    async (error: unknown) => {
      await end?.(error);
      throw error;
    },
  );
}

/**
 * Compares what there is with what the stack says by now, and makes up for what it lacks or has too much.
 * @returns the stack's outputs, if it was brought up again
 * @throws Error when they still differ
 */
async function correct(doing: Doing<UpStep>, wanted: Wanted): Promise<Outputs | undefined> {
  const { step, target, location, signal, touch } = doing;
  touch();
  const expected = { isExpected: true, dataVolume: step.dataVolume };
  const { state, comparison } = await examine(location, target, expected);
  signal.throwIfAborted();
  if (comparison.data === "gone") throw dataGone();
  if (comparison.beside.length > 0) await target.removeStrays(location.stackName, idsIn(state), keptBy(step));
  if (comparison.lost.length === 0) return undefined;
  const outputs = await actOn(doing, true, (stackExists, onEvent) =>
    bring(doing, { ...wanted, refresh: true }, stackExists, onEvent),
  );
  const { lost, beside } = (await examine(location, target, expected)).comparison;
  if (lost.length + beside.length === 0) return outputs;
  throw new Error(
    `The stack and what there is of it differ: missing ${list(lost)}; beside the stack ${list(beside)}.`,
  );
}

function list(parts: readonly string[]): string {
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

export function dataOf(
  { step, target, location }: Doing,
  { image, keeping }: Pick<Written, "image" | "keeping">,
): Promise<AssistantData> {
  const { maxBytes } = keeping;
  const incoming = step.name === "up" ? step.config.incoming : undefined;
  return target.data({
    deploymentId: location.stackName,
    volume: step.dataVolume,
    incoming,
    image,
    maxBytes,
  });
}

export function onWritten({ report }: Doing) {
  return (sum: Parameters<Parameters<typeof writeOnceStopped>[3]["onWritten"]>[0]) =>
    report({ written: sum ?? null });
}
