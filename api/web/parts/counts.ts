const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** @example 12345 → "12,345" */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** Where there is little room. @example 12345 → "12.3K" */
export function shortCount(value: number): string {
  return SHORT.format(value);
}

/** @example 1 → "1 key", 12345 → "12,345 keys" */
export function counted(value: number, one: string): string {
  return `${count(value)} ${value === 1 ? one : `${one}s`}`;
}
