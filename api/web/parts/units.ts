// Numbers with their units.

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** E.g. `1.5 MiB`. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), BYTE_UNITS.length - 1);
  const value = count / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[power]}`;
}

/** US dollars, to the cent; what is less than ten cents to a hundredth of one. */
export function usd(amount: number): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  return `$${amount.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d)\.)/g, ",")}`;
}

/** E.g. `12,345`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** E.g. `12.3K`, where there is little room. */
export function shortCount(value: number): string {
  return SHORT.format(value);
}
