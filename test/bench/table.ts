// Numbers of a benchmark, and the Markdown that README shows them in.

/** A table: its head, then its rows. */
export type Table = readonly (readonly string[])[];

export function table([head = [], ...rows]: Table): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

export function ratio(ours: number, theirs: number): string {
  return (ours / theirs).toFixed(2);
}
