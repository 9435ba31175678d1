// Berth's keys laid over the assistant's openclaw.json. Whatever else is in that file is the customer's: it is kept.

export type Json = { [key: string]: unknown };

/**
 * The settings with Berth's keys in them. `{ $add: item }` stands for a list that is to have this item, besides those that
 * it has: one with the same `id` keeps what it says itself. References to Berth's secrets that are not asked for are
 * removed: they would hand a key to a provider that it is not for.
 *
 * Whole in itself: on AWS its text runs inside the assistant's task.
 */
export function mergeSettings(current: Json, owned: Json): Json {
  const isObject = (value: unknown): value is Json =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const isBerths = (value: unknown) =>
    isObject(value) &&
    ((value.source === "file" && value.provider === "berth") ||
      (value.source === "env" && String(value.id).startsWith("BERTH_")));
  const withoutRefs = (settings: Json): Json =>
    Object.fromEntries(
      Object.entries(settings)
        .filter(([, value]) => !isBerths(value))
        .map(([key, value]) => [key, isObject(value) ? withoutRefs(value) : value]),
    );
  const added = (before: unknown, item: unknown): unknown[] => {
    const list = Array.isArray(before) ? before : [];
    const isSame = (other: unknown) =>
      isObject(item) ? isObject(other) && other.id === item.id : other === item;
    if (!list.some(isSame)) return [...list, item];
    return list.map((other) => (isObject(item) && isSame(other) ? { ...item, ...other } : other));
  };
  const merge = (before: Json, wanted: Json): Json => {
    const merged: Json = { ...before };
    for (const [key, value] of Object.entries(wanted)) {
      const there = merged[key];
      if (isObject(value) && "$add" in value) merged[key] = added(there, value.$add);
      else if (isObject(value)) merged[key] = merge(isObject(there) ? there : {}, value);
      else merged[key] = value;
    }
    return merged;
  };
  return merge(withoutRefs(current), owned);
}
