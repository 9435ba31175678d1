// The same on the small installation and on the large one, by turns: what the machine does beside is the same for both.
import { median } from "../table.ts";
import type { CpuMeter } from "./cpu.ts";

const ROUNDS = 7;

export type Pair = readonly [few: number, many: number];

/** Medians, in milliseconds. */
export interface Times {
  /** Of the clock. */
  readonly took: Pair;
  /** Of CPU, of servers and databases. */
  readonly used: Pair;
}

export type Both<T> = readonly [few: T, many: T];

export async function byTurns(sides: Both<() => Promise<void>>, meters: Both<CpuMeter>): Promise<Times> {
  const [took, used]: [number[], number[]][] = [
    [[], []],
    [[], []],
  ];
  // The first round has code compiled, and what is read again kept.
  for (let round = -1; round < ROUNDS; round++)
    for (const at of [0, 1] as const) {
      const [before, begun] = [await meters[at].read(), performance.now()];
      await sides[at]();
      const ms = performance.now() - begun;
      if (round < 0) continue;
      took?.[at].push(ms);
      used?.[at].push((await meters[at].read()) - before);
    }
  const medians = (of: [number[], number[]] | undefined): Pair => [
    median(of?.[0] ?? []),
    median(of?.[1] ?? []),
  ];
  return { took: medians(took), used: medians(used) };
}
