// THE table of states. Guards, the SQL compare-and-set and the table in docs/api.md are derived from it.
import { BerthError } from "./errors.ts";

export const STATUSES = [
  "pending_payment",
  "purchased",
  "deploying",
  "active",
  "stopping",
  "stopped",
  "suspended",
  "failed",
  "deleting",
  "deleted",
] as const;
export type Status = (typeof STATUSES)[number];

/** What the payment provider said last. `open`: nothing yet; slots paid by the simulated checkout stay there. */
export type PaymentState = "open" | "paid" | (typeof ENDED_PAYMENTS)[number];
export const ENDED_PAYMENTS = ["revoked", "refunded"] as const;

interface Transition {
  /** Statuses that allow the call. */
  readonly from: readonly Status[];
  /** Status while the call's operation runs; absent if the call has none. */
  readonly during?: Status;
  /** Status once it has succeeded. What a failed one leads to: worker/settle.ts. */
  readonly to?: Status;
  /** Refused while the payment has ended, even before that has led to `suspended`. */
  readonly needsPayment?: true;
}

export const LIFECYCLE = {
  pay: { from: ["pending_payment"], to: "purchased" },
  activate: { from: ["purchased"], during: "deploying", to: "active", needsPayment: true },
  redeploy: { from: ["active", "stopped", "failed"], during: "deploying", to: "active", needsPayment: true },
  /** A redeploy by the operator, who leaves alone what its customer has stopped. */
  upgrade: { from: ["active"], during: "deploying", to: "active", needsPayment: true },
  stop: { from: ["active", "failed"], during: "stopping", to: "stopped" },
  /** Not a call: what Berth does when an assistant ends again and again. */
  crash: { from: ["active"], to: "failed" },
  /** The status stays as it is: an active assistant stands still meanwhile, and comes back. */
  backup: { from: ["active", "stopped", "suspended", "failed"] },
  /** What has failed is stopped by it, and stays so. */
  restore: { from: ["purchased", "stopped", "failed"] },
  /** An active assistant takes it while it runs; the others when they are brought up. */
  patch: { from: ["purchased", "active", "stopped", "failed"] },
  /** Who writes to the bot is let in by the assistant itself. */
  pairing: { from: ["active"] },
  /** A page to pay again on. */
  checkout: { from: ["suspended"] },
  /** The payment has ended. What has no container is suspended at once, without an operation. */
  suspend: { from: ["purchased", "active", "stopped", "failed"], during: "stopping", to: "suspended" },
  /** Somebody pays again. What was active is redeployed; the rest goes back to what it was at once. */
  resume: { from: ["suspended", "failed"], during: "deploying", to: "active" },
  delete: {
    from: [
      "pending_payment",
      "purchased",
      "deploying",
      "active",
      "stopping",
      "stopped",
      "suspended",
      "failed",
      "deleting",
    ],
    during: "deleting",
    to: "deleted",
  },
} as const satisfies Record<string, Transition>;

export type Call = keyof typeof LIFECYCLE;

/**
 * `patch` has an active assistant take its changed settings. `prepare` makes the network and the volume of a paid slot
 * ahead of its activation. `crash` is no work: the record of an active assistant's end, failed from its beginning.
 */
export const OPERATION_KINDS = [
  "prepare",
  "activate",
  "redeploy",
  "patch",
  "stop",
  "suspend",
  "backup",
  "restore",
  "delete",
  "crash",
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Whether the call is allowed in that status. */
export function allows(call: Call, status: Status): boolean {
  const from: readonly Status[] = LIFECYCLE[call].from;
  return from.includes(status);
}

/** Whether the provider has said that nobody pays any more. */
export function isEnded(payment: PaymentState): boolean {
  const ended: readonly PaymentState[] = ENDED_PAYMENTS;
  return ended.includes(payment);
}

/** The 409 of a call that the status doesn't allow: names the current and the legal states. */
export function invalidState(call: Call, status: Status): BerthError {
  const allowedStates = LIFECYCLE[call].from;
  const list = allowedStates.length > 1 ? `one of ${allowedStates.join(", ")}` : allowedStates[0];
  return new BerthError(
    "INVALID_STATE",
    `The deployment is in state ${status}; ${call} needs ${list}.${advice(call, status)}`,
    { currentState: status, allowedStates },
  );
}

/** The 409 of a call that the status allows, but not once the payment has ended. */
export function paymentEnded(call: Call, status: Status): BerthError {
  return new BerthError(
    "INVALID_STATE",
    `The payment of this deployment has ended; ${call} needs one.${PAY_AGAIN}`,
    {
      currentState: status,
      allowedStates: LIFECYCLE[call].from,
    },
  );
}

const PAY_AGAIN = " Pay again (POST /:id/checkout) to have it back with its data, or delete it.";

function advice(call: Call, status: Status): string {
  if (status === "pending_payment")
    return " Complete the payment on its checkout page first; if that has expired, purchase again.";
  if (status === "deploying" || status === "stopping") return " Wait until its running operation has ended.";
  if (status === "purchased" && call !== "pay") return " Activate it first.";
  if (status === "suspended") return ` Its payment has ended.${PAY_AGAIN}`;
  if (status === "active" && call === "restore") return " Stop it first.";
  return "";
}
