// What a gateway does beside its requests: says that it lives, counts what ended ones have left, and renews warnings.
import type { Logger } from "pino";
import { regularly } from "../async.ts";
import type { Sql } from "../database/database.ts";
import { noteAlive } from "./alive.ts";
import { book } from "./booking.ts";
import type { Judging } from "./decide.ts";
import { recordLeft } from "./late.ts";
import type { ModelLedger } from "./ledger.ts";
import { countLost } from "./lost.ts";

const EVERY_MS = 5_000;
const STOPS_EVERY_MS = 500;

interface Parts {
  readonly sql: Sql;
  readonly ledger: Pick<ModelLedger, "judging" | "endStopped" | "endUnknown">;
  /** The data folder. */
  readonly dataDir: string;
  /** Whether no other process uses the database. */
  readonly alone: boolean;
  readonly log: Logger;
}

/** Looks now and every five seconds, and twice a second at what is under way. The returned function ends that. */
export function watchSpend({ sql, ledger, dataDir, alone, log }: Parts): () => Promise<void> {
  const { judging } = ledger;
  const stopEnding = regularly(STOPS_EVERY_MS, () => ledger.endStopped().catch(() => {}));
  // By itself: where the database hangs, the other one waits for its answer.
  const stopGuarding = regularly(STOPS_EVERY_MS, async () => ledger.endUnknown());
  const stopLooking = regularly(EVERY_MS, async () => {
    try {
      await noteAlive(sql, judging.gatewayId);
      await recordLeft(sql, dataDir, judging, alone);
      const lost = await countLost(sql, judging, alone);
      if (lost > 0)
        log.warn(
          { requests: lost },
          "requests to models ended with their gateway: they count at their worst",
        );
      await renewWarnings(sql, judging);
    } catch (error) {
      log.error({ err: error }, "what assistants use of their models could not be looked after");
    }
  });
  return async () => void (await Promise.all([stopEnding(), stopGuarding(), stopLooking()]));
}

/** A warning ends with its month or day, also where nobody asks for anything any more. */
export async function renewWarnings(sql: Sql, judging: Judging): Promise<void> {
  const warned = await sql
    .selectFrom("deployments")
    .select("id")
    .where("limit_warning", "is not", null)
    .execute();
  const renewed = warned.map(({ id }) => id);
  if (renewed.length > 0) await book(sql, { asks: [], settlements: [], renewed }, judging);
}
