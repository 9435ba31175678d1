// Which inputs differ, by meaning: unset, empty and default are the same, and so are lists in another order. Pure.
import { isDeepStrictEqual } from "node:util";
import type { Change, Properties, Recorded, Value } from "./resource-kind.ts";
import { type Input, isObject, isUnset, type Schema } from "./schema.ts";

/** Compares with the old inputs, and where a thing can change by itself, with what was found. */
export function diffInputs(schema: Schema, old: Recorded, news: Properties): Change {
  const differing = Object.entries(schema)
    .filter(
      ([name, input]) =>
        isChanged(input, old.inputs[name], news[name]) || hasDrifted(input, old.outputs[name], news[name]),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    diffs: differing.map(([name]) => name),
    replaces: differing.filter(([, { change }]) => change !== "update").map(([name]) => name),
  };
}

function isChanged(input: Input, old: Value | undefined, asked: Value | undefined): boolean {
  return !isDeepStrictEqual(meaning(input, old), meaning(input, asked));
}

/** Whether what was found contradicts what is asked for. What nobody asked for may be as it likes. */
function hasDrifted(input: Input, found: Value | undefined, asked: Value | undefined): boolean {
  if (!input.canDrift || isUnset(asked) || isUnset(found)) return false;
  if (!Array.isArray(asked) || !Array.isArray(found)) return isChanged(input, found, asked);
  return asked.length !== found.length || !asked.every((item) => found.some((other) => holds(other, item)));
}

function holds(found: Value, asked: Value): boolean {
  if (!isObject(found) || !isObject(asked)) return isDeepStrictEqual(found, asked);
  return Object.entries(asked).every(
    ([name, value]) => name === "__defaults" || isUnset(value) || found[name] === value,
  );
}

/** Zero values are as good as unset. What stands in lists and maps without known fields is taken word for word. */
function meaning({ fields, isSet, implied }: Input, value: Value | undefined): unknown {
  // Ahead of zero values: a given `false` is the opposite of an implied `true`.
  if (implied !== undefined && !isUnset(value)) return value === implied ? null : value;
  if (Array.isArray(value)) {
    const items = fields ? value.map((item) => meaning({ fields }, item)) : value;
    if (items.length === 0) return null;
    return isSet ? items.map((item) => JSON.stringify(item)).sort() : items;
  }
  if (!isObject(value)) return value || null;
  const entries = fields
    ? Object.entries(fields).map(([name, field]) => [name, meaning(field, value[name])] as const)
    : Object.entries(value);
  const meant = entries.filter(([, inner]) => inner !== null);
  return meant.length === 0 ? null : Object.fromEntries(meant);
}
