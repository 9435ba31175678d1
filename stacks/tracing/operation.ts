// An operation in a trace: its way into the queue, and each attempt to carry it out, as a part of the trace of the call.
import { trace } from "@opentelemetry/api";
import { describeSpan, inSpan, markFailed, type TraceContext, traceContext } from "./spans.ts";

const MESSAGING = { "messaging.system": "pg-boss", "messaging.destination.name": "operations" };

interface Described {
  readonly id: string;
  readonly deployment_id: string;
  readonly kind: string;
  readonly attempt: number;
}

/** Queues an operation. `send` adds what it is given to the job, from where the worker continues the trace. */
export async function tracedSend<T>(
  { id, deployment_id, kind }: Omit<Described, "attempt">,
  send: (carried: TraceContext) => Promise<T>,
): Promise<T> {
  const attributes = { ...MESSAGING, ...idsOf({ id, deployment_id, kind }) };
  return inSpan(`queue ${kind}`, { kind: "PRODUCER", attributes }, () => send(traceContext()));
}

/** Carries out the operation of a job of the queue, which has what `send` was given. */
export async function tracedJob<T>(job: TraceContext | undefined, carryOut: () => Promise<T>): Promise<T> {
  return inSpan("operation", { kind: "CONSUMER", attributes: MESSAGING, from: job ?? null }, carryOut);
}

/** Says of the active span which attempt it is. */
export function describeAttempt(operation: Described): void {
  trace.getActiveSpan()?.updateName(`operation ${operation.kind}`);
  describeSpan({ ...idsOf(operation), "berth.operation.attempt": operation.attempt });
}

/** Says of the active span how its attempt ended. */
export function describeEnding({
  state,
  cause,
}: {
  readonly state: string;
  readonly cause?: { readonly code: string };
}): void {
  describeSpan({ "berth.operation.state": state });
  const code = state === "interrupted" ? "INTERRUPTED" : cause?.code;
  if (code) markFailed(trace.getActiveSpan(), code);
}

function idsOf({ id, deployment_id, kind }: Omit<Described, "attempt">) {
  return { "berth.operation.id": id, "berth.deployment.id": deployment_id, "berth.operation.kind": kind };
}
