// One row of the table of calls.
import type { z } from "zod";
import type { ErrorCode } from "../../stacks/errors.ts";

/** What a call answers when it succeeds: a JSON shape, another media type, or no body. */
export type Answer =
  | z.ZodType
  | "text/html"
  | "text/plain"
  | "text/event-stream"
  | "application/gzip"
  | "empty";

export interface ApiCall {
  readonly method: "get" | "post" | "patch" | "delete";
  /** As Express writes it. */
  readonly path: string;
  readonly tag: "Assistants" | "Backups" | "Callbacks" | "Keys" | "Audit" | "Fleet" | "Payments" | "Server";
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Beyond those that every call of its kind can end in. */
  readonly errors: readonly ErrorCode[];
}
