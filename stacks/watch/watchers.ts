// Everything that looks after deployments as a whole, by itself and again and again: one process does it for all, see
// leader.ts. What the watchers remember (crash loops, who was silent) is theirs: another process counts anew.
// Not here, as each worker does it for itself: the operations, the callbacks, and the rules of its own host's firewall.
import type { Logger } from "pino";
import type { MODEL_APIS } from "../../infra/assistant/model-apis.ts";
import { backUpRegularly } from "../backups/schedule.ts";
import type { Intake } from "../operations/enqueue.ts";
import type { Polar } from "../payments/polar.ts";
import { watchPayments } from "../payments/watch.ts";
import { giveUpRegularly } from "../worker/queue.ts";
import { watchServices } from "./aws/watch.ts";
import { watchConversations } from "./conversation.ts";
import { watchState } from "./docker/measure-data.ts";
import { watchEngine } from "./docker/watch.ts";
import { forgetRegularly } from "./housekeeping.ts";
import { watchModels } from "./models.ts";
import { watchReadiness } from "./readiness.ts";

export interface WatchingParts extends Intake {
  readonly log: Logger;
  /** Absent where payments are simulated, or not set up. */
  readonly polar: Polar | undefined;
  /** Where model providers are asked about keys and models; absent if they are not to be. */
  readonly modelApis: typeof MODEL_APIS | undefined;
  /** Where Telegram is asked about bots; undefined if it is not to be. */
  readonly telegramApi: string | undefined;
}

/** Starts all watchers. The returned function stops them and waits for what they are at. */
export function startWatching(parts: WatchingParts): () => Promise<void> {
  const { sql, log, polar, modelApis, settings } = parts;
  const stops = [
    giveUpRegularly(parts, log),
    forgetRegularly(sql, log),
    ...watchAssistants(parts),
    ...(polar ? [watchPayments({ ...parts, polar })] : []),
    ...(modelApis ? [watchModels({ ...parts, modelApis })] : []),
    ...(settings.backups.everyMs > 0 ? [backUpRegularly(parts, log)] : []),
  ];
  return async () => void (await Promise.all(stops.map((stop) => stop())));
}

/** Compares what was asked for with what there is; assistants themselves can be asked where Berth's own engine runs them. */
function watchAssistants(parts: WatchingParts): (() => Promise<void>)[] {
  const { target, foundations } = parts.settings;
  if (target === "aws") return foundations.map((foundation) => watchServices(parts, foundation));
  return [watchEngine(parts), watchReadiness(parts), watchConversations(parts), watchState(parts)];
}
