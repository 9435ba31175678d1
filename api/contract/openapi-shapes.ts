// How zod's shapes become JSON Schema 2020-12, which is that of OpenAPI 3.1, and the shape of each error.
import { z } from "zod";
import type { CreateDocumentOptions } from "zod-openapi";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../../stacks/errors.ts";
import { STATUSES } from "../../stacks/lifecycle.ts";

/** What each code adds to its message. */
const DETAILS: Partial<Record<ErrorCode, z.ZodType>> = {
  INVALID_REQUEST: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  INVALID_STATE: z
    .strictObject({
      currentState: z.enum(STATUSES),
      allowedStates: z.array(z.enum(STATUSES)),
    })
    .optional(),
};

/** Moments are text, as JSON says it. */
export const SHAPE_OPTIONS = {
  allowEmptySchema: { any: true, unknown: true },
  override({ zodSchema, jsonSchema }) {
    if (zodSchema._zod.def.type === "date")
      Object.assign(jsonSchema, { type: "string", format: "date-time" });
    // zod repeats in a long pattern what the format says.
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  },
} as const satisfies CreateDocumentOptions;

const PROBLEMS = new Map(ERROR_CODES.map((code) => [code, problem(code)]));

/** What an answer of that code is, named after it in the document. */
export function problemOf(code: ErrorCode): z.ZodType {
  return PROBLEMS.get(code) ?? problem(code);
}

function problem(code: ErrorCode): z.ZodType {
  const details = DETAILS[code];
  const error = z.strictObject({ code: z.literal(code), message: z.string(), ...(details && { details }) });
  return z.strictObject({ error }).meta({ id: code, description: ERRORS[code].meaning });
}
