// What the customer reads about an assistant's data that takes too much room, or has none left.
import { type Cause, STATE_FULL } from "../../causes.ts";
import type { StateUse } from "../../database/deployment-table.ts";
import { GRACE_MINUTES, sizeText, type Verdict } from "./limit.ts";

/** Undefined while there is nothing to report. */
export function causeOf(verdict: Verdict, use: StateUse, limitBytes: number): Cause | undefined {
  if (use.unmeasuredSince && verdict !== "within") return unmeasured(verdict, use);
  const taken = `${sizeText(use.usedBytes)} of the ${sizeText(limitBytes)} that it may take`;
  switch (verdict) {
    case "within":
      return undefined;
    case "disk full":
      return {
        code: "DISK_FULL",
        message: `The data's disk has ${sizeText(use.freeBytes)} left: what the assistant writes fails. Its data is kept; the operator has to make room.`,
      };
    case "nearly full":
      return {
        code: "STATE_NEARLY_FULL",
        message: `The assistant's data takes ${taken}. Beyond that it is stopped, with its data kept: have it delete files, or ask the operator for more room (BERTH_STATE_MIB).`,
      };
    case "tolerated":
      return {
        code: STATE_FULL,
        message: `The assistant's data takes ${taken}. Have it delete files by ${use.toleratedUntil}: it is stopped then, with its data kept, or earlier if the data grows beyond ${sizeText(use.ceilingBytes ?? 0)}.`,
      };
    case "full":
      return {
        code: STATE_FULL,
        message: `The assistant was stopped: its data takes ${taken}. All of it is kept. Redeploy starts it again and gives it ${GRACE_MINUTES} minutes to delete files, as long as the data doesn't grow; or restore an older, smaller backup, then redeploy; or ask the operator for more room (BERTH_STATE_MIB).`,
      };
  }
}

function unmeasured(verdict: Verdict, { toleratedUntil }: StateUse): Cause {
  const why = "it has too many files, and counts as more than it may take";
  const message =
    verdict === "full"
      ? `The assistant was stopped: its data can't be measured, as ${why}. All of it is kept. Redeploy starts it again and gives it ${GRACE_MINUTES} minutes to delete files; or restore an older, smaller backup, then redeploy.`
      : `The assistant's data can't be measured: ${why}. Have it delete files by ${toleratedUntil}: it is stopped then, with its data kept, or earlier if the disk fills meanwhile.`;
  return { code: STATE_FULL, message };
}
