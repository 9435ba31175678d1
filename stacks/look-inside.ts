// What an assistant writes and uses, for its customer: without the secrets that it knows.
import { type LogsWanted, openLogs } from "../infra/logs.ts";
import { measure, type Usage } from "../infra/usage.ts";
import type { Deployment } from "./deployments.ts";
import { BerthError } from "./errors.ts";
import { type RedactionParts, redaction } from "./redact.ts";

/**
 * The lines of a deployment's log, secrets removed: a line is whole before it is looked at.
 * @throws BerthError INVALID_STATE when there is no container, UNAVAILABLE when the engine does not answer
 */
export async function readLogs(
  parts: RedactionParts,
  deployment: Deployment,
  wanted: LogsWanted,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const lines = await openLogs(deployment.id, wanted, signal).catch(engineAway);
  if (!lines) throw noContainer(deployment);
  const redact = redaction(parts, deployment);
  return (async function* () {
    for await (const line of lines) yield redact(line);
  })();
}

/** @throws BerthError INVALID_STATE when no container runs, UNAVAILABLE when the engine does not answer */
export async function readUsage(deployment: Deployment): Promise<Usage> {
  const usage = await measure(deployment.id).catch(engineAway);
  if (!usage) throw noContainer(deployment);
  return usage;
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
