// Everything that looks after deployments as a whole, by itself and again and again: one process does it for all, see
// leader.ts. What the watchers remember (crash loops, who was silent) is theirs: another process starts from zero.
// Each worker does for itself: the operations, the callbacks, and what readyHost starts.
import type { Logger } from "pino";
import type { ModelApis } from "../../infra/assistant/model-apis.ts";
import type { Place } from "../../infra/target.ts";
import { backUpRegularly } from "../backups/schedule.ts";
import { offers } from "../deployments/regions.ts";
import type { LifecycleContext } from "../operations/enqueue.ts";
import type { Polar } from "../payments/polar.ts";
import { watchPayments } from "../payments/watch.ts";
import type { StackSettings } from "../settings.ts";
import { giveUpRegularly } from "../worker/queue.ts";
import { watchRegion } from "./aws/region.ts";
import { watchConversations } from "./conversation.ts";
import { readyHost } from "./docker/host.ts";
import { hostRulesFinding } from "./docker/host-rules.ts";
import { watchState } from "./docker/measure-data.ts";
import { watchPreboots } from "./docker/preboot.ts";
import { removeUnusedRegularly } from "./docker/unused-images.ts";
import { watchEngine } from "./docker/watch.ts";
import { forgetRegularly } from "./housekeeping.ts";
import { watchCluster } from "./kubernetes/namespace.ts";
import { watchModels } from "./models.ts";
import { watchReadiness } from "./readiness.ts";
import { sampleRegularly } from "./samples.ts";

export interface WatchingParts extends LifecycleContext {
  readonly log: Logger;
  /** Absent where payments are simulated, or not set up. */
  readonly polar: Polar | undefined;
  /** Where model providers are asked about keys and models; absent if they are not to be. */
  readonly modelApis: ModelApis | undefined;
  /** Where Telegram is asked about bots; undefined if it is not to be. */
  readonly telegramApi: string | undefined;
}

/** What only those who know a target can do for its assistants. Each of the returned functions ends a part of it. */
export interface TargetWatch {
  /**
   * Readies the machine of a worker, before it holds anything.
   * @returns what starts keeping it so
   * @throws Error when no assistant may be run from it
   */
  readyHost(settings: StackSettings, log: Logger): Promise<() => (() => Promise<void>)[]>;
  /** What is wrong with the rules of the host's firewall; undefined if they are in place. Absent where there are none. */
  findHostRules?(gatewayPort: number): Promise<string | undefined>;
  /** Starts looking at one place: for drift, for the size of the data, and for what nobody needs. */
  watch(parts: WatchingParts, place: Place): (() => Promise<void>)[];
}

/** By the names of their targets. A test may add one of its own. */
export const TARGET_WATCHES = new Map<string, TargetWatch>([
  [
    "docker",
    {
      readyHost,
      findHostRules: hostRulesFinding,
      watch: (parts, place) => [
        watchEngine(parts, place),
        watchState(parts),
        watchPreboots(parts, place),
        removeUnusedRegularly(parts),
      ],
    },
  ],
  ["aws", { readyHost: async () => () => [], watch: watchRegion }],
  ["kubernetes", { readyHost: async () => () => [], watch: watchCluster }],
]);

/** @throws Error when nothing watches that target */
export function watchOf(target: string): TargetWatch {
  const found = TARGET_WATCHES.get(target);
  if (found) return found;
  throw new Error(
    `Nothing watches the target "${target}". Watched: ${[...TARGET_WATCHES.keys()].join(", ")}.`,
  );
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

/** Compares what was asked for with what there is, place by place, and asks assistants themselves where they can be called. */
function watchAssistants(parts: WatchingParts): (() => Promise<void>)[] {
  const { settings } = parts;
  return [
    ...settings.places.flatMap((place) => watchOf(place.target).watch(parts, place)),
    ...settings.places.map((place) => sampleRegularly(parts, place)),
    ...(offers(settings, "calls") ? [watchReadiness(parts), watchConversations(parts)] : []),
  ];
}
