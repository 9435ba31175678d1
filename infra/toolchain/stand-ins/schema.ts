// The inputs of a resource as a table, read by check and by diff. Pure.
import type { Checked, Properties, Value } from "./resource-kind.ts";

/** What is known of one input. */
export interface Input {
  readonly required?: true;
  /** Filled in when missing, and then named under `__defaults`, as the official plugin does. */
  readonly default?: Value;
  /** What a missing one means. It is not filled in, and given it is the same as missing. */
  readonly implied?: Value;
  /** The inputs of the object, or of each object of the list. */
  readonly fields?: Schema;
  /** A list whose order means nothing. */
  readonly isSet?: true;
  /** What the official plugin does about a change. */
  readonly change?: "replace" | "update";
  /** Can be changed behind Pulumi's back: what was found counts, not only what was asked for before. */
  readonly canDrift?: true;
}

export type Schema = Readonly<Record<string, Input>>;
/** A schema that names only inputs of the official type. */
export type SchemaOf<Args> = { readonly [name in keyof Args]?: Input };

/** Fills in defaults, and refuses what is missing and what would be silently ignored. */
export function checkInputs(schema: Schema, news: Properties): Checked {
  return { inputs: withDefaults(schema, news), failures: failures(schema, news, "") };
}

function withDefaults(schema: Schema, given: Properties): Properties {
  const filled: Properties = { ...given };
  const missing = Object.keys(schema).filter(
    (name) => schema[name]?.default !== undefined && isUnset(given[name]),
  );
  for (const name of missing) filled[name] = schema[name]?.default ?? null;
  for (const [name, { fields }] of Object.entries(schema)) {
    const value = given[name];
    if (fields && isObject(value)) filled[name] = withDefaults(fields, value);
    if (fields && Array.isArray(value)) {
      filled[name] = value.map((item) => (isObject(item) ? withDefaults(fields, item) : item));
    }
  }
  return { ...filled, __defaults: missing.sort() };
}

function failures(schema: Schema, given: Properties, path: string): Checked["failures"] {
  const names = Object.keys(given).filter((name) => name !== "__defaults");
  const unknown = names
    .filter((name) => !schema[name] && !isUnset(given[name]))
    .map((name) => ({
      property: path + name,
      reason: `Berth's stand-in plugin does not know the input "${path}${name}". Install the official plugin to use it.`,
    }));
  const missing = Object.keys(schema)
    .filter((name) => schema[name]?.required && isUnset(given[name]))
    .map((name) => ({ property: path + name, reason: `The input "${path}${name}" is missing.` }));
  const inner = Object.entries(schema).flatMap(([name, { fields }]) =>
    fields ? objects(given[name]).flatMap((item) => failures(fields, item, `${path}${name}.`)) : [],
  );
  return [...unknown, ...missing, ...inner];
}

export function isUnset(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

export function isObject(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a list, or the one object. */
export function objects(value: Value | undefined): Properties[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

export function strings(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function stringMap(value: Value | undefined): Record<string, string> {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, String(inner)]))
    : {};
}

/** The value without the `__defaults` that check has put into it. */
export function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? plainInputs(value) : value;
}

/** Inputs as they are repeated among the outputs. */
export function plainInputs(inputs: Properties): Properties {
  const entries = Object.entries(inputs).filter(([name]) => name !== "__defaults");
  return Object.fromEntries(entries.map(([name, value]) => [name, plain(value)]));
}
