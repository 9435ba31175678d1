// The rehearsal as a process knows it that carries out no operations: what the workers have written down.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { regularly } from "../async.ts";
import type { Sql } from "../database/database.ts";
import { readRehearsals } from "./record.ts";
import { notBought, PURCHASE_WAITS_MS, type Rehearsal } from "./rehearsal.ts";

const LOOK_EVERY_MS = 2_000;
const LOOK_AGAIN_MS = 500;
const NOBODY = "No worker has rehearsed an operation yet. Start one (BERTH_ROLE=worker), or look at its log.";

/** Looks every two seconds. @param waitMs the longest that a purchase waits for a first result */
export function watchRehearsals(sql: Sql, log: Logger, waitMs = PURCHASE_WAITS_MS): Rehearsal {
  let problem: string | undefined = NOBODY;
  const look = async () => {
    const found = await readRehearsals(sql);
    problem = found.state === "unknown" ? NOBODY : found.state === "failed" ? found.problem : undefined;
    return found.state;
  };
  const stop = regularly(LOOK_EVERY_MS, async () => {
    await look().catch((error: unknown) =>
      log.warn({ err: error }, "reading the workers' rehearsals failed"),
    );
  });
  return {
    get problem() {
      return problem;
    },
    async assertPassed() {
      if (problem === undefined) return;
      const deadline = performance.now() + waitMs;
      while ((await look()) === "unknown" && performance.now() < deadline) await sleep(LOOK_AGAIN_MS);
      if (problem !== undefined) throw notBought(problem);
    },
    async again() {
      await look();
      return problem;
    },
    stop,
  };
}
