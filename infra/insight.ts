// What an assistant writes and uses, as every target that can look into it reports it. Types only.
import type { LogLine, LogsWanted } from "./assistant/log-lines.ts";
import type { Reading, Sample, Usage } from "./found.ts";

/**
 * Looks into an assistant: what it writes, and what it uses.
 * Undefined of either is that there is nothing to look into. Both throw when the target does not answer.
 */
export interface Insight {
  /** Whole lines, oldest first, until the signal, or until no more can come. */
  openLogs(
    deploymentId: string,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): Promise<AsyncIterable<LogLine> | undefined>;
  measure(deploymentId: string): Promise<Usage | undefined>;
  /**
   * What each of those that run uses, at a pace that leaves the target room for its work. Absent where the target keeps what
   * it has measured, or measures nothing.
   */
  readUsage?(deploymentIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Reading>>;
  /** What the target itself has measured since then, oldest first. Absent where it keeps nothing. */
  pastUsage?(deploymentId: string, since: Date): Promise<readonly Sample[]>;
}
