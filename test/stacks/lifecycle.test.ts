// Where operations lead, by every status that a deployment can have as they end. Written out by hand, so that a slip in
// the product's own table is seen.
import { expect, it } from "vitest";
import {
  type End,
  OPERATION_KINDS,
  type OperationKind,
  STATUSES,
  type Status,
  statusAfter,
} from "../../stacks/lifecycle.ts";

const SUCCESS = {
  prepare: undefined,
  activate: "active",
  redeploy: "active",
  patch: undefined,
  stop: "stopped",
  suspend: "suspended",
  backup: undefined,
  restore: undefined,
  adopt: undefined,
  delete: "deleted",
  crash: "failed",
} as const satisfies Record<OperationKind, string | undefined>;
/** That lead to `failed` when they fail, whatever the status is by then. */
const FAIL = ["activate", "redeploy", "patch", "stop", "suspend", "delete", "crash"];
/** That may leave a deployment as it was in that status. */
const BACK: Partial<Record<Status, readonly OperationKind[]>> = {
  purchased: ["activate", "adopt", "delete"],
  active: ["redeploy", "patch", "stop", "suspend", "adopt", "delete"],
  stopped: ["redeploy", "adopt", "delete"],
  suspended: ["adopt", "delete"],
  failed: ["adopt"],
};

it.each(OPERATION_KINDS)("%s", (kind) => {
  for (const before of STATUSES) {
    const after = (end: End) => statusAfter(kind, end, before);
    // What a move has left nowhere is found by its status.
    const isLost = kind === "adopt" && before === "active";
    const failed = FAIL.includes(kind) || isLost ? "failed" : undefined;
    const stopsWhatFailed = kind === "restore" && before === "failed";
    expect(after("succeeded"), before).toBe(stopsWhatFailed ? "stopped" : SUCCESS[kind]);
    expect(after("failed"), before).toBe(failed);
    const leavesHalf = kind === "restore" && before === "stopped";
    expect(after("cutOff"), before).toBe(leavesHalf ? "failed" : failed);
    expect(after("cancelled"), before).toBe(kind === "patch" || kind === "adopt" ? undefined : failed);
    for (const status of STATUSES) {
      const isKept = BACK[status]?.includes(kind);
      expect(after({ broughtBackTo: status }), before).toBe(isKept ? status : failed);
    }
  }
});
