// Numbers as people read them.
const STEP = 1024;
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** @example 1536 → "1.5 KiB" */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), BYTE_UNITS.length - 1);
  const value = count / STEP ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[power]}`;
}

/** @example 3725 → "1 h 2 min" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3_600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

const ROUND = [1, 2, 5, 10];

/** The round number that is next above it. @example 0.13 → 0.2 */
export function roundStep(about: number): number {
  if (about <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(about));
  return power * (ROUND.find((round) => round * power >= about) ?? 10);
}

/** As roundStep, in the unit that bytes() writes it in. @example 1_100_000 → 2 MiB */
export function roundBytes(about: number): number {
  if (about < 1) return 1;
  const unit = STEP ** Math.min(Math.floor(Math.log2(about) / 10), BYTE_UNITS.length - 1);
  return unit * Math.max(1, roundStep(about / unit));
}

const LINES = 3;

/** Where a chart's lines stand: from zero to what is highest, or the line above it. @param step a round one of about that size */
export function heightsOf(highest: number, step: (about: number) => number): number[] {
  const size = step(highest / LINES);
  const count = Math.max(1, Math.ceil(highest / size));
  return Array.from({ length: count + 1 }, (_, index) => index * size);
}
