// Activates a slot whose assistant waits: its container stays if it goes by the new settings and reads its bot's messages.
import type { AssistantOutputs } from "../../infra/args.ts";
import { untilPolling } from "../../infra/assistant/until-polling.ts";
import { SETTINGS_NOT_TAKEN } from "../causes.ts";
import { recordedOutputs } from "../deployments/outputs.ts";
import { addressOf } from "../deployments/plugin-address.ts";
import type { StepResult } from "../pulumi/messages.ts";
import type { AttemptContext } from "./attempt.ts";

type Result = StepResult<AssistantOutputs>;

/** Within the same operation its container is replaced where anything is odd: what is half configured is never active. */
export async function takeOver(context: AttemptContext, image: string): Promise<Result> {
  const { attempt, operation } = context;
  const replace = () => attempt.up({ replicas: 1, image, container: "new" });
  // Cut off in the middle, nobody knows which settings it goes by.
  if (operation.attempt > 1) return replace();
  const result = await polling(context, await attempt.up({ replicas: 1, image, container: "takes over" }));
  if (result.state !== "failed" || result.isUntouched) return result;
  attempt.say(`The assistant that waited is not kept; another one is started. ${result.cause.message}`);
  return replace();
}

/** A new container has said by itself that it has started. */
async function polling(
  { attempt, settings, box, deployment }: AttemptContext,
  result: Result,
): Promise<Result> {
  if (result.state !== "succeeded") return result;
  const { containerId } = result.outputs;
  if (containerId !== recordedOutputs(deployment.outputs)?.containerId) return result;
  const address = await addressOf(settings, box, deployment);
  const done = await attempt.here(async (signal) => address && untilPolling(address, signal));
  if (done.state !== "done") return done;
  const message = "It has not begun to read its bot's messages.";
  return done.value ? result : { state: "failed", cause: { code: SETTINGS_NOT_TAKEN, message } };
}
