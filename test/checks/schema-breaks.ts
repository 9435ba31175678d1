// What of a JSON Schema breaks clients that were written for its older version. Fails closed: a changed keyword that is
// unknown here is a break.

export type Json = Readonly<Record<string, unknown>>;
/** Who has to cope: Berth with what clients send, or clients with what Berth answers. */
export type Direction = "sent" | "answered";

/** One place of two documents. */
export interface Pair {
  readonly direction: Direction;
  /** As the report names it. */
  readonly where: string;
  readonly before: { readonly document: Json; readonly schema: Json };
  readonly after: { readonly document: Json; readonly schema: Json };
}

type Schema = Json & {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
};

interface Compared extends Omit<Pair, "before" | "after"> {
  readonly before: { readonly document: Json; readonly schema: Schema };
  readonly after: { readonly document: Json; readonly schema: Schema };
}

/** They constrain nothing, or are compared by a function of their own. */
const COMPARED_ELSEWHERE = new Set(
  "title description examples deprecated default type enum properties required items additionalProperties".split(
    " ",
  ),
);
const UPPER = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);
const LOWER = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);

/** A sentence for each break. What is new is none: an optional field to send, a field, a value or an error code answered. */
export function schemaBreaks(pair: Pair): string[] {
  const before = variantsOf(pair.before.schema, pair.before.document);
  const after = variantsOf(pair.after.schema, pair.after.document);
  const [narrow, wide] = pair.direction === "sent" ? [before, after] : [after, before];
  const breaks = narrow.flatMap((schema) => {
    const known = candidates(schema, wide, pair.direction);
    if (known.length === 0 && pair.direction === "answered" && codeOf(schema)) return [];
    const tries = known.map((candidate) => variantBreaks(compared(pair, schema, candidate)));
    const closest = tries.toSorted((one, other) => one.length - other.length)[0];
    return closest ?? [`${pair.where}: ${typeText(schema)} ${NEW_TYPE[pair.direction]}`];
  });
  return [...new Set([...breaks, ...removedFields(pair.where, before, after)])];
}

const NEW_TYPE = { sent: "is taken no more", answered: "may be answered now" } as const;

/** The document's own text at a reference, e.g. `#/components/schemas/Cause`. */
export function resolve(value: Json, document: Json): Json {
  if (typeof value.$ref !== "string") return value;
  const steps = value.$ref.replace(/^#\//, "").split("/");
  const found = steps.reduce<unknown>((at, step) => (at as Json | undefined)?.[step], document);
  if (!found) throw new Error(`${value.$ref} is not in the document`);
  return resolve(found as Json, document);
}

function compared(pair: Pair, narrow: Schema, wide: Schema): Compared {
  const [before, after] = pair.direction === "sent" ? [narrow, wide] : [wide, narrow];
  return {
    ...pair,
    before: { ...pair.before, schema: before },
    after: { ...pair.after, schema: after },
  };
}

/** A schema for each alternative and each type, `const` as an enum of one. */
function variantsOf(reference: Json, document: Json): Schema[] {
  const { anyOf, oneOf, ...schema } = resolve(reference, document);
  const alternatives = (anyOf ?? oneOf) as readonly Json[] | undefined;
  if (alternatives)
    return alternatives.flatMap((one) => variantsOf({ ...schema, ...resolve(one, document) }, document));
  const { const: only, ...rest } = schema;
  const one = only === undefined ? rest : { ...rest, enum: [only] };
  return Array.isArray(one.type) ? one.type.map((type: string) => ({ ...one, type })) : [one as Schema];
}

/** Variants that a variant may be an older or newer version of. */
function candidates(schema: Schema, wide: readonly Schema[], direction: Direction): readonly Schema[] {
  const code = codeOf(schema);
  const ofCode = wide.filter((one) => codeOf(one) === code);
  if (code && (ofCode.length > 0 || direction === "answered")) return ofCode;
  return wide.filter(({ type }) => type === undefined || type === schema.type || isNumber(schema, type));
}

function isNumber({ type }: Schema, wide: string): boolean {
  return type === "integer" && wide === "number";
}

/** The error code of an error's shape. */
function codeOf({ properties }: Schema): unknown {
  const error = properties?.error?.properties as Readonly<Record<string, Json>> | undefined;
  return error?.code?.const;
}

function typeText({ type, enum: values }: Schema): string {
  return values ? JSON.stringify(values) : (type ?? "any value");
}

function variantBreaks(pair: Compared): string[] {
  return [...valueBreaks(pair), ...fieldBreaks(pair), ...nestedBreaks(pair), ...keywordBreaks(pair)];
}

function valueBreaks({ direction, where, before, after }: Compared): string[] {
  const [old, now] = [before.schema.enum, after.schema.enum];
  const changedDefault =
    direction === "sent" &&
    before.schema.default !== undefined &&
    !isSame(before.schema.default, after.schema.default);
  const breaks = changedDefault ? [`${where}: its default has changed`] : [];
  if (direction === "answered") return old && !now ? [...breaks, `${where}: is any value now`] : breaks;
  if (!now) return breaks;
  const lost = old?.filter((value) => !now.some((other) => isSame(value, other)));
  if (!lost) return [...breaks, `${where}: takes ${JSON.stringify(now)} only`];
  return [...breaks, ...lost.map((value) => `${where}: ${JSON.stringify(value)} is taken no more`)];
}

function fieldBreaks({ direction, where, before, after }: Compared): string[] {
  const removed = removedFields(where, [before.schema], [after.schema]);
  const [old, now] = [before.schema.required ?? [], after.schema.required ?? []];
  const required = now
    .filter((name) => !old.includes(name))
    .map((name) => `${where}.${name}: is required now`);
  if (direction === "sent") return [...removed, ...required];
  const optional = old.filter((name) => !now.includes(name) && after.schema.properties?.[name]);
  return [...removed, ...optional.map((name) => `${where}.${name}: may be missing now`)];
}

/** Fields that no variant has any more. */
function removedFields(where: string, before: readonly Schema[], after: readonly Schema[]): string[] {
  const namesOf = (schemas: readonly Schema[]) =>
    schemas.flatMap(({ properties }) => Object.keys(properties ?? {}));
  const names = new Set(namesOf(after));
  return namesOf(before).flatMap((name) => (names.has(name) ? [] : [`${where}.${name}: was removed`]));
}

function nestedBreaks(pair: Compared): string[] {
  const { before, after } = pair;
  const nested = (old: unknown, now: unknown, where: string) =>
    schemaBreaks({
      ...pair,
      where,
      before: { ...before, schema: old as Json },
      after: { ...after, schema: now as Json },
    });
  const fields = Object.entries(before.schema.properties ?? {}).flatMap(([name, old]) => {
    const now = after.schema.properties?.[name];
    return now ? nested(old, now, `${pair.where}.${name}`) : [];
  });
  const [oldItems, nowItems] = [before.schema.items, after.schema.items];
  const items =
    isSame(oldItems, nowItems) && !oldItems ? [] : nested(oldItems ?? {}, nowItems ?? {}, `${pair.where}[]`);
  return [...fields, ...items, ...otherFieldBreaks(pair, nested)];
}

/** Of fields that the schema doesn't name. What was closed may open: new fields are no break. */
function otherFieldBreaks(
  { direction, where, before, after }: Compared,
  nested: (old: unknown, now: unknown, where: string) => string[],
): string[] {
  const [old, now] = [before.schema.additionalProperties ?? true, after.schema.additionalProperties ?? true];
  if (old === false || isSame(old, now)) return [];
  if (now === false) return direction === "sent" ? [`${where}: takes no other fields any more`] : [];
  return nested(old === true ? {} : old, now === true ? {} : now, `${where}.*`);
}

function keywordBreaks({ direction, where, before, after }: Compared): string[] {
  const [narrow, wide] = direction === "sent" ? [before.schema, after.schema] : [after.schema, before.schema];
  return Object.keys(wide)
    .filter((name) => !COMPARED_ELSEWHERE.has(name) && !implies(name, narrow[name], wide[name]))
    .map((name) => `${where}: its ${name} ${direction === "sent" ? "is narrower" : "is wider"} or another`);
}

/** Whether what keeps to the one limit keeps to the other, as far as that can be known. */
function implies(name: string, narrow: unknown, wide: unknown): boolean {
  if (typeof narrow === "number" && typeof wide === "number") {
    if (UPPER.has(name)) return narrow <= wide;
    if (LOWER.has(name)) return narrow >= wide;
  }
  return isSame(narrow, wide);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
