// The operations after which an assistant runs.
import type { AssistantOutputs } from "../../infra/args.ts";
import { hasBackups } from "../backups/availability.ts";
import {
  type Cause,
  DATA_GONE,
  IMAGE_ACCESS_REFUSED,
  IMAGE_UNAVAILABLE,
  SETTINGS_NOT_TAKEN,
} from "../causes.ts";
import { keptImage } from "../deployments/images.ts";
import { learnFacts } from "../deployments/model-facts.ts";
import { isPrebooted } from "../deployments/outputs.ts";
import type { Ending } from "../operations/operations.ts";
import type { StepResult } from "../pulumi/messages.ts";
import { keepSecrets } from "../pulumi/stack-config.ts";
import { inSpan } from "../tracing/spans.ts";
import type { AttemptContext } from "./attempt.ts";
import type { Done, Outcome } from "./outcome.ts";
import { pinWanted, previousPin, recordImages } from "./pinning.ts";
import { makeRoom } from "./preboot.ts";
import { takeOver } from "./take-over.ts";
import { upgrade } from "./upgrade.ts";

/** What is pulled is waited for so long. */
const PULL_TIMEOUT_MS = 30 * 60_000;

export async function activate(context: AttemptContext): Promise<Outcome> {
  await learnFacts(context, context.deployment);
  const pin = await resolve(context);
  if (pin.state !== "done") return pin;
  if (!isPrebooted(context.deployment)) return upWith(context, pin.value);
  await recordPin(context, pin.value);
  return takeOver(context, pin.value);
}

/** With another image than before it is an upgrade, where data can be backed up. */
export async function redeploy(context: AttemptContext): Promise<Outcome> {
  const { settings, deployment } = context;
  await learnFacts(context, deployment);
  const pin = await resolve(context);
  if (pin.state === "failed" && !pin.isUntouched) return notToBeHad(context, pin.cause);
  if (pin.state !== "done") return pin;
  const to = pin.value;
  const from = await previousPin(settings, deployment);
  const isAnother = from !== to || deployment.unfinished_upgrade !== null;
  if (from !== undefined && isAnother && hasBackups(settings, deployment))
    return upgrade(context, { from, to });
  return upWith(context, to);
}

/** The image stays, and so does the container of an assistant that reads its settings while it runs. */
export async function patch(context: AttemptContext): Promise<Outcome> {
  const { settings, attempt, operation, deployment } = context;
  await learnFacts(context, deployment);
  const image = keptImage(settings, deployment);
  const secrets = await keepSecrets(settings, deployment);
  const result = await attempt.up({ replicas: 1, image });
  if (result.state !== "failed" || result.cause.code === DATA_GONE) return result;
  const isRefused = result.cause.code === SETTINGS_NOT_TAKEN || result.isUntouched;
  // An attempt before may have put the new secrets in their place: what would be put back is not the former ones.
  if (!isRefused || operation.attempt > 1) return result;
  await secrets?.putBack();
  return { ...result, back: { status: "active" } };
}

async function upWith(context: AttemptContext, image: string): Promise<StepResult<AssistantOutputs>> {
  await recordPin(context, image);
  await makeRoom(context);
  return context.attempt.up({ replicas: 1, image });
}

async function recordPin({ sql, operation, deployment }: AttemptContext, image: string): Promise<void> {
  if (image !== deployment.pinned_image) await recordImages(sql, operation, { pinned_image: image });
}

/** The image that is wanted now. */
async function resolve({ sql, settings, attempt, deployment }: AttemptContext): Promise<Done<string>> {
  return inSpan("resolve image", {}, () =>
    attempt.here(async (ending) => {
      const signal = AbortSignal.any([ending, AbortSignal.timeout(PULL_TIMEOUT_MS)]);
      return pinWanted(settings, deployment, { sql, onPull: (what) => attempt.say(what), signal });
    }),
  );
}

/** The stack has not been touched, unless by an attempt before: an assistant that was active is still running. */
function notToBeHad({ operation, deployment }: AttemptContext, cause: Cause): Ending {
  const { status_before: status, unfinished_upgrade } = deployment;
  const isUntouched = operation.attempt === 1 && unfinished_upgrade === null;
  const isKept = isUntouched && [IMAGE_UNAVAILABLE, IMAGE_ACCESS_REFUSED].includes(cause.code);
  if (!isKept || (status !== "active" && status !== "stopped")) return { state: "failed", cause };
  const message = `Nothing was touched: the assistant is ${status} as before. ${cause.message}`;
  return { state: "failed", cause: { ...cause, message }, back: { status } };
}
