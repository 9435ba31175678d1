// What an assistant writes and uses, for its customer: without the secrets that it knows.
import { type LogsWanted, openLogs } from "../infra/logs.ts";
import { measure, type Usage } from "../infra/usage.ts";
import type { Deployment } from "./deployments.ts";
import { BerthError } from "./errors.ts";
import { type RedactionParts, redaction } from "./redact.ts";
import type { StackSettings } from "./settings.ts";

/**
 * The lines of a deployment's log, secrets removed: a line is whole before it is looked at.
 * @throws BerthError INVALID_STATE when there is no container, UNAVAILABLE when the engine does not answer
 */
export async function readLogs(
  parts: RedactionParts & { readonly settings: Pick<StackSettings, "target"> },
  deployment: Deployment,
  wanted: LogsWanted,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  requireDocker(parts.settings);
  const lines = await openLogs(deployment.id, wanted, signal).catch(engineAway);
  if (!lines) throw noContainer(deployment);
  const redact = redaction(parts, deployment);
  return (async function* () {
    for await (const line of lines) yield redact(line);
  })();
}

/** @throws BerthError INVALID_STATE when no container runs, UNAVAILABLE when the engine does not answer */
export async function readUsage(
  settings: Pick<StackSettings, "target">,
  deployment: Deployment,
): Promise<Usage> {
  requireDocker(settings);
  const usage = await measure(deployment.id).catch(engineAway);
  if (!usage) throw noContainer(deployment);
  return usage;
}

/** @throws BerthError INVALID_STATE where assistants run elsewhere: Berth reaches into containers of its own engine alone */
export function requireDocker({ target }: Pick<StackSettings, "target">): void {
  if (target === "docker") return;
  throw new BerthError(
    "INVALID_STATE",
    `This call needs an assistant on Docker; here they run on ${target}. Use that platform's own tools.`,
  );
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
