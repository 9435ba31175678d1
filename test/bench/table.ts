// Numbers of a benchmark, and the Markdown that docs/measurements.md shows them in.

/** A table: its head, then its rows. */
export type Table = readonly (readonly string[])[];

export function table([head = [], ...rows]: Table): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function percentile(values: readonly number[], percent: number): number {
  const place = Math.min(values.length - 1, Math.floor((values.length * percent) / 100));
  return values.toSorted((a, b) => a - b)[place] ?? Number.NaN;
}

export function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

export function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}

export function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
}

export function ratio(ours: number, theirs: number): string {
  return (ours / theirs).toFixed(2);
}
