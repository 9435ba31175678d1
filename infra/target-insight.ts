// What lets Berth look into the assistants of a target: what they write, and what they use.
import type { Foundation } from "./args.ts";
import type { LogsWanted } from "./docker/logs.ts";
import type { Usage } from "./docker/usage.ts";

/** Undefined of either is that there is nothing to look into. Both throw when the target does not answer. */
export interface Insight {
  /** Whole lines, oldest first, until the signal, or until no more can come. */
  openLogs(
    deploymentId: string,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): Promise<AsyncIterable<string> | undefined>;
  measure(deploymentId: string): Promise<Usage | undefined>;
}

/** @param foundation of the target aws; without one it is Docker. */
export async function targetInsight(foundation: Foundation | undefined): Promise<Insight> {
  if (foundation) {
    const { ecsInsight } = await import("./aws/insight.ts");
    return ecsInsight(foundation);
  }
  const [{ openLogs }, { measure }] = await Promise.all([
    import("./docker/logs.ts"),
    import("./docker/usage.ts"),
  ]);
  return { openLogs, measure };
}
