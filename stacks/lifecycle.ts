// THE table of states: what each call needs and begins, and where each operation leads, however it ends. Guards, the SQL
// compare-and-set and the end of an operation are derived from it; docs/api.md shows both halves.
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
  /** The operation that carries the call out; absent if nothing is left to be done. Where it leads: ENDS. */
  readonly kind?: OperationKind;
  /** Status while that operation runs; absent if it stays as it is. */
  readonly during?: Status;
  /** Status at once. */
  readonly to?: Status;
  /** Refused while the payment has ended, even before that has led to `suspended`. */
  readonly needsPayment?: true;
}

export const LIFECYCLE = {
  pay: { from: ["pending_payment"], kind: "prepare", to: "purchased" },
  activate: { from: ["purchased"], kind: "activate", during: "deploying", needsPayment: true },
  redeploy: {
    from: ["active", "stopped", "failed"],
    kind: "redeploy",
    during: "deploying",
    needsPayment: true,
  },
  /** A redeploy by the operator, who leaves alone what its customer has stopped. */
  upgrade: { from: ["active"], kind: "redeploy", during: "deploying", needsPayment: true },
  stop: { from: ["active", "failed"], kind: "stop", during: "stopping" },
  /** A stop in the place of an activation or a redeploy that has not ended. */
  cancel: { from: ["deploying"], kind: "stop", during: "stopping" },
  /** Not a call: what Berth does when an assistant ends again and again. */
  crash: { from: ["active"], kind: "crash" },
  /** An active assistant stands still meanwhile, and comes back. */
  backup: { from: ["active", "stopped", "suspended", "failed"], kind: "backup" },
  restore: { from: ["purchased", "stopped", "failed"], kind: "restore" },
  /** The operator carries it to another target. An active assistant stands still meanwhile, and goes on there. */
  adopt: { from: ["purchased", "active", "stopped", "suspended", "failed"], kind: "adopt" },
  /** An active assistant takes it while it runs; the others, without an operation, when they are brought up. */
  patch: { from: ["purchased", "active", "stopped", "failed"], kind: "patch" },
  /** Who writes to the bot is let in by the assistant itself. */
  pairing: { from: ["active"] },
  /** A page to pay again on. */
  checkout: { from: ["suspended"] },
  /** The payment has ended. What has no container is suspended at once, without an operation. */
  suspend: { from: ["purchased", "active", "stopped", "failed"], kind: "suspend", during: "stopping" },
  /** Somebody pays again. What was active is redeployed; the rest goes back to what it was at once. */
  resume: { from: ["suspended", "failed"], kind: "redeploy", during: "deploying" },
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
    kind: "delete",
    during: "deleting",
  },
} as const satisfies Record<string, Transition>;

export type Call = keyof typeof LIFECYCLE;

/**
 * `patch` has an active assistant take its changed settings. `prepare` makes the network and the volume of a paid slot
 * ahead of its activation, and starts an assistant that waits for it, or ends that one's waiting. `adopt` carries a
 * deployment to another target. `crash` is no work: the record of an active assistant's end, failed from its beginning.
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
  "adopt",
  "delete",
  "crash",
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** A status for all; or one for each status that the deployment may have by then, where a status that is not named stays. */
type LeadsTo = Status | Readonly<Partial<Record<Status, Status>>>;

interface Ends {
  readonly succeeded: LeadsTo;
  readonly failed: LeadsTo;
  /** Failed because it was ended from outside, or could not put back what there was. As `failed` if absent. */
  readonly cutOff?: LeadsTo;
  /** Failed, and the assistant is as it was before. The operation says which of these that is. */
  readonly broughtBack?: readonly Status[];
  readonly cancelled: LeadsTo;
}

const STAYS = {} as const;

/**
 * The status that the end of an operation leads to. It moves its deployment only as long as no later operation, other than
 * a backup, has been accepted: what is cancelled has usually been overtaken.
 */
export const ENDS = {
  /** A slot whose preparation failed is still a paid slot: activate makes everything itself. */
  prepare: { succeeded: STAYS, failed: STAYS, cancelled: STAYS },
  activate: { succeeded: "active", failed: "failed", broughtBack: ["purchased"], cancelled: "failed" },
  /** Brought back: its image can't be had, or its upgrade was rolled back or never begun. As others: nothing was touched. */
  redeploy: {
    succeeded: "active",
    failed: "failed",
    broughtBack: ["active", "stopped"],
    cancelled: "failed",
  },
  /** Brought back: the assistant has refused the change. Cancelled: what takes its place makes the change, too. */
  patch: { succeeded: STAYS, failed: "failed", broughtBack: ["active"], cancelled: STAYS },
  stop: { succeeded: "stopped", failed: "failed", broughtBack: ["active"], cancelled: "failed" },
  suspend: { succeeded: "suspended", failed: "failed", broughtBack: ["active"], cancelled: "failed" },
  backup: { succeeded: STAYS, failed: STAYS, cancelled: STAYS },
  /** One that failed by itself has left, or put back, what there was. */
  restore: {
    succeeded: { failed: "stopped" },
    failed: STAYS,
    cutOff: { stopped: "failed" },
    cancelled: STAYS,
  },
  /** Brought back: it is where it was, and as it was. One that is neither there nor at its new place has no assistant. */
  adopt: {
    succeeded: STAYS,
    failed: { active: "failed" },
    broughtBack: ["purchased", "active", "stopped", "suspended", "failed"],
    cancelled: STAYS,
  },
  delete: {
    succeeded: "deleted",
    failed: "failed",
    broughtBack: ["purchased", "active", "stopped", "suspended"],
    cancelled: "failed",
  },
  /** It has failed from its beginning, and never ends otherwise. */
  crash: { succeeded: "failed", failed: "failed", cancelled: "failed" },
} as const satisfies Record<OperationKind, Ends>;

/** How an operation has ended. */
export type End = "succeeded" | "failed" | "cutOff" | "cancelled" | { readonly broughtBackTo: Status };

/**
 * Where that end leads; undefined if the status stays as it is.
 * @param before the deployment's status as the operation ends
 */
export function statusAfter(kind: OperationKind, end: End, before: Status | undefined): Status | undefined {
  const ends: Ends = ENDS[kind];
  if (typeof end === "object") {
    const possible: readonly Status[] = ends.broughtBack ?? [];
    return possible.includes(end.broughtBackTo) ? end.broughtBackTo : statusAfter(kind, "failed", before);
  }
  const to = ends[end] ?? ends.failed;
  return typeof to === "string" ? to : before && to[before];
}

/** Whether a failed operation of that kind may leave its deployment as it was in that status. */
export function leadsBack(kind: OperationKind, status: Status): boolean {
  const ends: Ends = ENDS[kind];
  return ends.broughtBack?.includes(status) ?? false;
}

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

/** Whether the call is refused once the payment has ended. */
export function needsPayment(call: Call): boolean {
  return "needsPayment" in LIFECYCLE[call];
}

/** The sentence by which the call is refused now, as invalidState() or paymentEnded() has it; undefined if it is allowed. */
export function whyNot(
  call: Call,
  { status, payment }: { readonly status: Status; readonly payment: PaymentState },
): string | undefined {
  if (!allows(call, status)) return notInState(call, status);
  return needsPayment(call) && isEnded(payment) ? notPaidFor(call) : undefined;
}

/** The 409 of a call that the status doesn't allow: names the current and the legal states. */
export function invalidState(call: Call, status: Status): BerthError {
  const allowedStates = LIFECYCLE[call].from;
  return new BerthError("INVALID_STATE", notInState(call, status), { currentState: status, allowedStates });
}

/** The 409 of a call that the status allows, but not once the payment has ended. */
export function paymentEnded(call: Call, status: Status): BerthError {
  return new BerthError("INVALID_STATE", notPaidFor(call), {
    currentState: status,
    allowedStates: LIFECYCLE[call].from,
  });
}

function notInState(call: Call, status: Status): string {
  const { from } = LIFECYCLE[call];
  const list = from.length > 1 ? `one of ${from.join(", ")}` : from[0];
  return `The deployment is in state ${status}; ${call} needs ${list}.${advice(call, status)}`;
}

function notPaidFor(call: Call): string {
  return `The payment of this deployment has ended; ${call} needs one.${PAY_AGAIN}`;
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
