// What answers come in.
import { z } from "zod";

/** The envelope of one thing. */
export function data<T extends z.ZodType>(shape: T) {
  return z.strictObject({ data: shape });
}

/** The envelope of a list that comes whole. */
export function listOf<T extends z.ZodType>(shape: T) {
  return z.strictObject({ data: z.array(shape) });
}

/** The envelope of a list that comes in pages. */
export function pageOf<T extends z.ZodType>(shape: T) {
  return z.strictObject({
    data: z.array(shape),
    nextCursor: z.uuid().nullable().describe("The `cursor` of the next page; null on the last one."),
  });
}
