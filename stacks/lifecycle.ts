// THE table of states. Guards, the SQL compare-and-set and the README's table are derived from it.
import { BerthError } from "./errors.ts";

export const STATUSES = [
  "pending_payment",
  "purchased",
  "deploying",
  "active",
  "stopping",
  "stopped",
  "failed",
  "deleting",
  "deleted",
] as const;
export type Status = (typeof STATUSES)[number];

interface Transition {
  /** Statuses that allow the call. */
  readonly from: readonly Status[];
  /** Status while the call's operation runs; absent if the call has none. */
  readonly during?: Status;
  /** Status once it has succeeded. A failed operation always leads to `failed`. */
  readonly to?: Status;
}

export const LIFECYCLE = {
  pay: { from: ["pending_payment"], to: "purchased" },
  activate: { from: ["purchased"], during: "deploying", to: "active" },
  redeploy: { from: ["active", "stopped", "failed"], during: "deploying", to: "active" },
  stop: { from: ["active", "failed"], during: "stopping", to: "stopped" },
  /** Not a call: what Berth does when an assistant ends again and again. */
  crash: { from: ["active"], to: "failed" },
  patch: { from: ["purchased", "stopped", "failed"] },
  delete: {
    from: [
      "pending_payment",
      "purchased",
      "deploying",
      "active",
      "stopping",
      "stopped",
      "failed",
      "deleting",
    ],
    during: "deleting",
    to: "deleted",
  },
} as const satisfies Record<string, Transition>;

export type Call = keyof typeof LIFECYCLE;

/**
 * `prepare` makes the network and the volume of a paid slot ahead of its activation. `crash` is no work: the record of
 * an active assistant's end, failed from its beginning.
 */
export const OPERATION_KINDS = ["prepare", "activate", "redeploy", "stop", "delete", "crash"] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Whether the call is allowed in that status. */
export function allows(call: Call, status: Status): boolean {
  const from: readonly Status[] = LIFECYCLE[call].from;
  return from.includes(status);
}

/** The 409 of a call that the status doesn't allow: names the current and the legal states. */
export function invalidState(call: Call, status: Status): BerthError {
  const legal = LIFECYCLE[call].from;
  const list = legal.length > 1 ? `one of ${legal.join(", ")}` : legal[0];
  return new BerthError(
    "INVALID_STATE",
    `The deployment is in state ${status}; ${call} needs ${list}.${advice(call, status)}`,
    {
      currentState: status,
      allowedStates: legal,
    },
  );
}

function advice(call: Call, status: Status): string {
  if (status === "pending_payment") return " Complete the payment on its checkout page first.";
  if (status === "deploying" || status === "stopping") return " Wait until its running operation has ended.";
  if (status === "purchased" && call !== "pay") return " Activate it first.";
  if (status === "active" && call === "patch") return " Stop it first.";
  return "";
}
