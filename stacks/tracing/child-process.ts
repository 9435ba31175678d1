// A child process and Pulumi's steps in it, as spans. They are made in the worker's process, from what the child reports
// as it happens: the child needs neither an SDK nor the collector, and a killed one leaves its spans behind.
import type { Span } from "@opentelemetry/api";
import { beginSpan, markFailed, within } from "./spans.ts";

/** What is read of an operation's events: see ../operations/operation-log.ts. */
type Reported =
  | {
      readonly kind: "resource";
      readonly step: "started" | "done" | "failed";
      readonly op: string;
      readonly resource: string;
    }
  | { readonly kind: "summary"; readonly changes: Readonly<Record<string, number>> }
  | { readonly kind: "diagnostic" };

/** What is read of a step's result: see ../pulumi/messages.ts. */
type Ended =
  | { readonly state: "succeeded" | "interrupted" | "cancelled" }
  | { readonly state: "failed"; readonly cause: { readonly code: string } };

/** The span of a step in a child process. */
export class ChildProcessSpan {
  readonly #span: Span;
  readonly #steps = new Map<string, Span>();

  constructor(pid: number | undefined) {
    const attributes = pid === undefined ? {} : { "process.pid": pid };
    this.#span = beginSpan("child process", { attributes });
  }

  /** Takes what the child has reported: a resource operation is a span of its own. */
  see(event: Reported): void {
    if (event.kind === "resource") this.#seeStep(event);
    if (event.kind !== "summary") return;
    for (const [op, count] of Object.entries(event.changes))
      this.#span.setAttribute(`pulumi.changes.${op}`, count);
  }

  /** Ends it, and steps that were left without an end. */
  end(ended: Ended): void {
    const type = ended.state === "failed" ? ended.cause.code : "INTERRUPTED";
    for (const step of [...this.#steps.values(), this.#span]) {
      if (ended.state !== "succeeded") markFailed(step, type);
      step.end();
    }
    this.#steps.clear();
  }

  #seeStep({ step, op, resource }: Reported & { readonly kind: "resource" }): void {
    const name = `${op} ${resource}`;
    const attributes = { "pulumi.op": op, "pulumi.resource": resource };
    const span =
      this.#steps.get(name) ?? within(this.#span, () => beginSpan(`pulumi ${name}`, { attributes }));
    if (step === "started") return void this.#steps.set(name, span);
    this.#steps.delete(name);
    if (step === "failed") markFailed(span, "RESOURCE_FAILED");
    span.end();
  }
}
