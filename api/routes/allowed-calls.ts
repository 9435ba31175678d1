// Which calls a deployment's state allows now, each with the very sentence by which the call itself would be refused.
import type { z } from "zod";
import { whyNoBackups } from "../../stacks/backups/availability.ts";
import type { Deployment } from "../../stacks/deployments/deployments.ts";
import { whyNoCalls } from "../../stacks/deployments/logs-and-usage.ts";
import { NO_DEPLOYMENT } from "../../stacks/errors.ts";
import { whyNot } from "../../stacks/lifecycle.ts";
import { type Shop, whyNotPayAgain } from "../../stacks/payments/payments.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import type { AllowedCall, Calls } from "../contract/answers.ts";

export interface CallParts extends Pick<Shop, "payments" | "publicUrl"> {
  readonly settings: StackSettings;
}

/** What to do where an assistant can't be asked who waits for approval. */
export const INSTEAD_OF_PAIRING = "Set allowFrom by PATCH instead.";

/** Of a deleted deployment none is allowed. */
export function allowedCalls(parts: CallParts, deployment: Deployment): z.infer<typeof Calls> {
  const { settings } = parts;
  const say = (refused: string | undefined) => allowedCall(deployment, refused);
  return {
    activate: say(whyNot("activate", deployment)),
    redeploy: say(whyNot("redeploy", deployment)),
    stop: say(whyNot("stop", deployment)),
    cancel: say(whyNot("cancel", deployment)),
    backUp: say(whyNot("backup", deployment) ?? whyNoBackups(settings, deployment)),
    restore: say(whyNot("restore", deployment) ?? whyNoBackups(settings, deployment)),
    patch: say(whyNot("patch", deployment)),
    pairing: say(whyNoCalls(settings, deployment, INSTEAD_OF_PAIRING) ?? whyNot("pairing", deployment)),
    checkout: say(whyNotPayAgain(parts, deployment)),
    delete: say(whyNot("delete", deployment)),
  };
}

/** The operator's call. */
export function allowedUpgrade(deployment: Deployment): z.infer<typeof AllowedCall> {
  return allowedCall(deployment, whyNot("upgrade", deployment));
}

function allowedCall({ status }: Deployment, refused: string | undefined): z.infer<typeof AllowedCall> {
  const reason = status === "deleted" ? NO_DEPLOYMENT : (refused ?? null);
  return { isAllowed: reason === null, reason };
}
