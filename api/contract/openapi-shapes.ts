// zod shapes as JSON Schema 2020-12, which is that of OpenAPI 3.1.
import { z } from "zod";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../../stacks/errors.ts";
import { STATUSES } from "../../stacks/lifecycle.ts";
import { NAMED } from "./call.ts";

export type Json = Record<string, unknown>;

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

/** As JSON says it: moments are text. */
const OPTIONS = {
  target: "draft-2020-12",
  unrepresentable: "any",
  override({ zodSchema, jsonSchema }) {
    if (zodSchema._zod.def.type === "date")
      Object.assign(jsonSchema, { type: "string", format: "date-time" });
    // zod repeats in a long pattern what the format says.
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  },
} as const satisfies z.core.ToJSONSchemaParams;

/** A shape as callers send it. */
export function sentSchema(shape: z.ZodType): Json {
  return withoutIds(z.toJSONSchema(shape, { ...OPTIONS, io: "input" }));
}

/**
 * Shapes as callers get them.
 * @returns `named`: shared parts of answers and every error; `of`: the schema of one of `shapes`, which refers to them
 */
export function answerSchemas(shapes: readonly z.ZodType[]): {
  readonly named: Json;
  readonly of: (shape: z.ZodType) => Json;
} {
  const registry = z.registry<{ id: string }>();
  // By name: the document is the same whichever file was loaded first.
  const names = [...[...NAMED.keys()].toSorted(), ...ERROR_CODES];
  for (const [id, shape] of NAMED) registry.add(shape, { id });
  for (const code of ERROR_CODES) registry.add(problem(code), { id: code });
  for (const [index, shape] of shapes.entries()) {
    if (!registry.has(shape)) registry.add(shape, { id: `answer-${index}` });
  }
  const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, io: "output", uri: schemaPath });
  const of = (id: string) => withoutIds(schemas[id] ?? {});
  return {
    named: Object.fromEntries(names.map((id) => [id, of(id)])),
    of(shape) {
      const { id = "" } = registry.get(shape) ?? {};
      return names.includes(id) ? { $ref: schemaPath(id) } : of(id);
    },
  };
}

export function schemaPath(id: string): string {
  return `#/components/schemas/${id}`;
}

function problem(code: ErrorCode): z.ZodType {
  const details = DETAILS[code];
  const error = z.strictObject({ code: z.literal(code), message: z.string(), ...(details && { details }) });
  return z.strictObject({ error }).describe(ERRORS[code].meaning);
}

function withoutIds({ $schema, $id, ...schema }: Json): Json {
  return schema;
}
