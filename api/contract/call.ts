// One row of the table of calls, and what its answers come in.
import { z } from "zod";
import type { ErrorCode } from "../../stacks/errors.ts";

/** What a call answers when it succeeds: a JSON shape, another media type, or no body. */
export type Answer =
  | z.ZodType
  | "text/html"
  | "text/plain"
  | "text/csv"
  | "text/event-stream"
  | "application/gzip"
  | "empty";

export interface ApiCall {
  readonly method: "get" | "post" | "patch" | "delete";
  /** As Express writes it. */
  readonly path: string;
  readonly tag:
    | "Assistants"
    | "Backups"
    | "Callbacks"
    | "Keys"
    | "Sessions"
    | "Audit"
    | "Fleet"
    | "Usage"
    | "Payments"
    | "Server";
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Beyond those that every call of its kind can end in. */
  readonly errors: readonly ErrorCode[];
}

/** Gives a shape a name in the OpenAPI document, where it stands once and is referred to. */
export function named<T extends z.ZodType>(id: string, shape: T, description?: string): T {
  z.globalRegistry.add(shape, { id, ...(description !== undefined && { description }) });
  return shape;
}

/** Shapes of single events, of which an answer sends one after the other. */
export const STREAMED = new WeakSet<z.ZodType>();

/** An answer of server-sent events of that shape. */
export function streamOf<T extends z.ZodType>(event: T): T {
  STREAMED.add(event);
  return event;
}

/** The envelope of one thing. */
export function data<T extends z.ZodType>(shape: T) {
  return z.strictObject({ data: shape });
}

/** The envelope of a list that comes whole. */
export function listOf<T extends z.ZodType>(shape: T) {
  return z.strictObject({ data: z.array(shape) });
}

/** The envelope of a list that comes in pages. */
export function pageOf<T extends z.ZodType>(shape: T, cursor: z.ZodType<string> = z.uuid()) {
  return z.strictObject({
    data: z.array(shape),
    nextCursor: cursor.nullable().describe("The `cursor` of the next page; null on the last one."),
  });
}
