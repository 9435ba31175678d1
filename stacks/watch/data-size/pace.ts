// Measures one assistant's data after the other, with pauses between.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { EngineAway } from "../../../infra/target.ts";
import { untilStopped } from "../../async.ts";

const LOOK_EVERY_MS = 5_000;
/** After each measurement, times what it has taken: measuring takes a fifth of the time at most. */
const PAUSE_FACTOR = 4;

/** Starts measuring. The returned function ends that. @param next measures the one that is due; false if none is */
export function measureAtPace(
  log: Logger,
  next: (signal: AbortSignal) => Promise<boolean>,
): () => Promise<void> {
  return untilStopped(async (signal) => {
    while (!signal.aborted) {
      const startedAt = performance.now();
      const wasDue = await next(signal).catch((error: unknown) => {
        // Who watches for drift reports a target that is away.
        if (!(error instanceof EngineAway))
          log.error({ err: error }, "measuring the assistants' data failed");
        return false;
      });
      const pauseMs = wasDue ? (performance.now() - startedAt) * PAUSE_FACTOR : LOOK_EVERY_MS;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  });
}
