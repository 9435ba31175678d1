import { hasBackups } from "../backups/availability.ts";
import { type Cause, IMAGE_ACCESS_REFUSED, IMAGE_UNAVAILABLE, SETTINGS_NOT_TAKEN } from "../causes.ts";
import { keptImage } from "../deployments/images.ts";
import { learnFacts } from "../deployments/model-facts.ts";
import type { Ending } from "../operations/operations.ts";
import { causeOf } from "../pulumi/error-texts.ts";
import { keepSecrets } from "../pulumi/stack-config.ts";
import { inSpan } from "../tracing/spans.ts";
import { NotDone } from "./attempt.ts";
import { pinWanted, previousPin, recordImages } from "./pinning.ts";
import { type UpgradeParts, upgrade } from "./upgrade.ts";

/** What is pulled is waited for so long. */
const PULL_TIMEOUT_MS = 30 * 60_000;

/** @throws NotDone */
export async function bringUp(parts: UpgradeParts): Promise<Ending> {
  const { settings, sql, run, operation, deployment } = parts;
  await learnFacts(parts, deployment);
  if (operation.kind === "patch") return applyChange(parts);
  const to = await inSpan("resolve image", {}, () => resolve(parts));
  if (typeof to === "object") return notToBeHad(parts, to);
  const from = await previousPin(settings, deployment);
  const isAnother = from !== to || deployment.unfinished_upgrade !== null;
  const isUpgrade = operation.kind === "redeploy" && from !== undefined && isAnother;
  if (isUpgrade && hasBackups(settings, deployment)) return upgrade(parts, { from, to });
  if (to !== deployment.pinned_image) await recordImages(sql, operation, { pinned_image: to });
  return { state: "succeeded", outputs: { ...(await run.up({ replicas: 1, image: to })) } };
}

/** The image stays, and so does the container of an assistant that reads its settings while it runs. */
async function applyChange({ settings, run, operation, deployment }: UpgradeParts): Promise<Ending> {
  const image = keptImage(settings, deployment);
  const secrets = await keepSecrets(settings, deployment);
  try {
    return { state: "succeeded", outputs: { ...(await run.up({ replicas: 1, image })) } };
  } catch (error) {
    const isRefused =
      error instanceof NotDone && "cause" in error.how && error.how.cause.code === SETTINGS_NOT_TAKEN;
    if (!isRefused || operation.attempt > 1) throw error;
    await secrets?.putBack();
    return { ...error.how, back: { status: "active" } };
  }
}

/** The image that is wanted now, or why it can't be had. */
async function resolve({ settings, run, deployment }: UpgradeParts): Promise<string | Cause> {
  return run.here(async (ending) => {
    const signal = AbortSignal.any([ending, AbortSignal.timeout(PULL_TIMEOUT_MS)]);
    try {
      return await pinWanted(settings, deployment, { onPull: (what) => run.say(what), signal });
    } catch (error) {
      if (ending.aborted) throw error;
      return causeOf([error instanceof Error ? error.message : String(error)]);
    }
  });
}

/** The stack has not been touched, unless by an attempt before: what ran runs on. */
function notToBeHad({ operation, deployment }: UpgradeParts, cause: Cause): Ending {
  const { status_before: status, unfinished_upgrade } = deployment;
  const isUntouched = operation.attempt === 1 && unfinished_upgrade === null;
  const isKept = isUntouched && [IMAGE_UNAVAILABLE, IMAGE_ACCESS_REFUSED].includes(cause.code);
  if (!isKept || (status !== "active" && status !== "stopped")) return { state: "failed", cause };
  const message = `Nothing was touched: the assistant is ${status} as before. ${cause.message}`;
  return { state: "failed", cause: { ...cause, message }, back: { status } };
}
