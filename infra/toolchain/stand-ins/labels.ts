// Labels are a list of pairs in Pulumi and a map in Docker.
import type { Properties, Value } from "./resource-kind.ts";
import { objects, type Schema } from "./schema.ts";

export const LABEL_FIELDS = {
  label: { required: true },
  value: { required: true },
} as const satisfies Schema;

export function labelMap(labels: Value | undefined): Record<string, string> {
  return Object.fromEntries(objects(labels).map(({ label, value }) => [String(label), String(value)]));
}

/** Sorted, so that the same labels are the same state. */
export function labelList(labels: Readonly<Record<string, string>> | null | undefined): Properties[] {
  const sorted = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([label, value]) => ({ label, value }));
}
