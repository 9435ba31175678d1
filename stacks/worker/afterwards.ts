// What the end of an operation makes of its deployment.
import { DEADLINE_EXCEEDED, INTERRUPTED, RESTORE_INCOMPLETE } from "../causes.ts";
import { NO_BOT } from "../deployments/bots.ts";
import type { DeploymentChange } from "../deployments/deployments.ts";
import { LIFECYCLE, type OperationKind, type Status } from "../lifecycle.ts";
import type { Ending } from "../operations/operations.ts";

/** @param before the deployment's status as the operation ends */
export function afterwards(
  kind: OperationKind,
  ending: Ending,
  before: Status | undefined,
): DeploymentChange {
  if (kind === "backup") return {};
  if (ending.state === "succeeded") {
    const outputs = ending.outputs && JSON.stringify(ending.outputs);
    if (kind === "prepare" || kind === "patch") return { outputs };
    if (kind === "delete")
      return { status: "deleted", outputs: null, address: null, ...NO_BOT, ...forgotten };
    if (kind === "restore") {
      const stopped = before === "failed" ? { status: LIFECYCLE.stop.to, ...NO_BOT } : {};
      // What an upgrade has left of the data, or was measured of it, is not there any more.
      return { outputs, unfinished_upgrade: null, state_use: null, ...stopped };
    }
    if (kind === "stop") return { status: LIFECYCLE.stop.to, outputs, ...NO_BOT };
    return { status: LIFECYCLE[kind].to, outputs };
  }
  if (ending.state === "failed" && ending.back) {
    const { status, outputs } = ending.back;
    const bot = status === "stopped" ? NO_BOT : {};
    return { status, ...(outputs && { outputs: JSON.stringify(outputs) }), ...bot };
  }
  // A restore that ended by itself has left, or put back, what there was.
  if (kind === "restore") return isCutOff(ending) && before === "stopped" ? { status: "failed" } : {};
  // What takes the place of a change that waits makes it, too.
  if (kind === "patch" && ending.state === "cancelled") return {};
  // A slot whose preparation failed is still a paid slot: activate makes everything itself.
  return kind === "prepare" ? {} : { status: "failed" };
}

function isCutOff(ending: Ending): boolean {
  return (
    ending.state === "failed" &&
    [INTERRUPTED, DEADLINE_EXCEEDED, RESTORE_INCOMPLETE].includes(ending.cause.code)
  );
}

const forgotten = {
  telegram_bot_token: null,
  model_api_key: null,
  gateway_token: null,
  stack_exists: false,
  state_use: null,
};
