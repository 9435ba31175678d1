// Spans of what Berth does, by OpenTelemetry's API. Without the SDK, which open.ts loads, nothing here has an effect.
// Attributes name things (ids, kinds, codes). They never hold what a customer has sent, a message of an error or a URL.
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/** The place in a trace, as W3C's headers `traceparent` and `tracestate` hold it; empty without tracing. */
export type TraceContext = Readonly<Record<string, unknown>>;

export interface SpanOptions {
  readonly kind?: keyof typeof SpanKind;
  readonly attributes?: Attributes;
  /** What the span continues, if not the span that is active. Without a trace in it a new trace begins. */
  readonly from?: TraceContext | null;
}

/** The active span's place in its trace, for a record or a message that another process continues from. */
export function traceContext(): TraceContext {
  const carried: Record<string, string> = {};
  propagation.inject(context.active(), carried);
  return carried;
}

/** Begins a span, which the caller ends. Until then it is nobody's parent: see `within`. */
export function beginSpan(
  name: string,
  { kind = "INTERNAL", attributes = {}, from }: SpanOptions = {},
): Span {
  const parent = from === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, from ?? {});
  return trace.getTracer("berth").startSpan(name, { kind: SpanKind[kind], attributes }, parent);
}

/** Does something as a part of a span: spans that begin meanwhile are its children. */
export function within<T>(span: Span, act: () => T): T {
  return context.with(trace.setSpan(context.active(), span), act);
}

/** Does something in a span of its own. What it throws marks the span as failed, and is thrown on. */
export async function inSpan<T>(name: string, options: SpanOptions, act: () => Promise<T>): Promise<T> {
  const span = beginSpan(name, options);
  try {
    return await within(span, act);
  } catch (error) {
    markFailed(span, typeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Adds to the active span. */
export function describeSpan(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** @param type a code, never a sentence: a sentence may quote what a customer has sent */
export function markFailed(span: Span | undefined, type: string): void {
  span?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute("error.type", type);
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return "_OTHER";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
