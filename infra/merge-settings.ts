// Berth's keys laid over the assistant's openclaw.json. Whatever else is in that file is the customer's: it is kept.

export type Json = { [key: string]: unknown };

/** Whole in itself: on AWS its text runs inside the assistant's task. */
export function mergeSettings(current: Json, owned: Json): Json {
  const isObject = (value: unknown): value is Json =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const merged: Json = { ...current };
  for (const [key, value] of Object.entries(owned)) {
    const before = merged[key];
    merged[key] = isObject(value) && isObject(before) ? mergeSettings(before, value) : value;
  }
  return merged;
}
