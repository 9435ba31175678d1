// What an assistant writes and uses, for its customer: without the secrets that it knows.
import type { LogLine, LogsWanted } from "../../infra/assistant/log-lines.ts";
import type { Usage } from "../../infra/found.ts";
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment } from "./deployments.ts";
import { isPrebooted } from "./outputs.ts";
import { type RedactionParts, redaction } from "./redaction.ts";
import { firstTarget, offersTo, type PlaceRecord, type Regional, targetOf } from "./regions.ts";
import { KEPT_SECONDS, type PastSample, recordedSamples } from "./samples.ts";

/**
 * The lines of a deployment's log, secrets removed: a line is whole before it is looked at.
 * @throws BerthError INVALID_STATE when there is no log, UNAVAILABLE when the target does not answer
 */
export async function readLogs(
  parts: RedactionParts & { readonly settings: Regional },
  deployment: Deployment,
  wanted: LogsWanted,
  signal: AbortSignal,
): Promise<AsyncIterable<LogLine>> {
  if (isUnasked(deployment)) throw noContainer(deployment);
  const lines = await targetOf(parts.settings, deployment)
    .then((target) => target.openLogs(deployment.id, wanted, signal))
    .catch(engineAway);
  if (!lines) throw noContainer(deployment);
  const redact = redaction(parts, deployment);
  return (async function* () {
    for await (const { at, text } of lines) yield { at, text: redact(text) };
  })();
}

/** What an assistant uses, with the room that its data was last found to take. */
export interface UsageWithState extends Usage {
  /** Null until it was measured. */
  readonly stateUsedBytes: number | null;
  /** Null where there is no limit. */
  readonly stateLimitBytes: number | null;
}

/** @throws BerthError INVALID_STATE when no container runs, UNAVAILABLE when the engine does not answer */
export async function readUsage(settings: StackSettings, deployment: Deployment): Promise<UsageWithState> {
  if (isUnasked(deployment)) throw noContainer(deployment);
  const usage = await targetOf(settings, deployment)
    .then((target) => target.measure(deployment.id))
    .catch(engineAway);
  if (!usage) throw noContainer(deployment);
  const isLimited = offersTo(settings, deployment, "dataLimit") && settings.stateLimitBytes > 0;
  return {
    ...usage,
    stateUsedBytes: deployment.state_use?.usedBytes ?? null,
    stateLimitBytes: isLimited ? settings.stateLimitBytes : null,
  };
}

/**
 * Of the last hour, oldest first, whatever its state is now: what its target keeps by itself, or else what was recorded.
 * @throws BerthError UNAVAILABLE when a target that keeps it does not answer
 */
export async function readPastUsage(
  { sql, settings }: { readonly sql: Sql; readonly settings: Regional },
  deployment: Deployment,
): Promise<readonly PastSample[]> {
  const since = new Date(Date.now() - KEPT_SECONDS * 1_000);
  const kept = await targetOf(settings, deployment)
    .then((target) => target.pastUsage?.(deployment.id, since))
    .catch(engineAway);
  return kept?.map((sample) => ({ ...sample, stateUsedBytes: null })) ?? recordedSamples(sql, deployment.id);
}

/**
 * The sentence by which a call is refused that needs an assistant that Berth can call; undefined where it can.
 * @param instead what to do where assistants run elsewhere
 */
export function whyNoCalls(settings: Regional, deployment: PlaceRecord, instead: string): string | undefined {
  if (offersTo(settings, deployment, "calls")) return undefined;
  const target = deployment.target ?? firstTarget(settings);
  return `This call needs an assistant on Docker or Kubernetes; this one runs on ${target}. ${instead}`;
}

/** @throws BerthError INVALID_STATE with the sentence of whyNoCalls() */
export function requireCalls(settings: Regional, deployment: Deployment, instead: string): void {
  const refused = whyNoCalls(settings, deployment, instead);
  if (refused === undefined) return;
  const details = { currentState: deployment.status, allowedStates: [] };
  throw new BerthError("INVALID_STATE", refused, details);
}

/** Its customer has not asked for what runs there. */
function isUnasked(deployment: Deployment): boolean {
  const isSlot = deployment.status === "purchased" || deployment.status === "suspended";
  return isSlot && isPrebooted(deployment);
}

function noContainer({ status }: Deployment): BerthError {
  return new BerthError(
    "INVALID_STATE",
    `The deployment is in state ${status} and has no container that could be looked into. Redeploy starts one.`,
    { currentState: status, allowedStates: ["active"] },
  );
}

function engineAway(cause: unknown): never {
  throw Object.assign(
    new BerthError(
      "UNAVAILABLE",
      "The container engine does not answer. Nothing was changed; try again later.",
    ),
    { cause },
  );
}
