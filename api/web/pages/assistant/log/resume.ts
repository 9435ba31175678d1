// Where a log goes on after its stream has ended. `since` is a whole second: lines of that second come again.
import type { Line } from "./line-store.ts";

/** As many as the API gives at once. */
export const MOST_RESUMED = 5_000;

export class Resumption {
  /** For the call; undefined while no line had a time. */
  readonly since: string | undefined;
  readonly #kept: ReadonlyMap<string, number>;
  readonly #met = new Map<string, number>();
  #isOver = false;
  #hasGap = false;

  constructor(lines: readonly Line[]) {
    const last = lines.findLast(({ isRemark }) => !isRemark);
    this.since = last?.at ? `${last.at.slice(0, 19)}Z` : undefined;
    const { since } = this;
    const recent = lines.slice(-MOST_RESUMED).filter((line) => !line.isRemark);
    this.#kept = counted(since ? recent.filter(({ at }) => at === null || at >= since.slice(0, 19)) : recent);
  }

  /** Those of a piece of the resumed log that are not known yet. */
  fresh<T extends Pick<Line, "at" | "text">>(lines: readonly T[]): T[] {
    if (this.#isOver) return [...lines];
    const first = lines.findIndex((line) => !this.#isKnown(line));
    if (first < 0) return [];
    this.#isOver = true;
    this.#hasGap = this.#kept.size > 0 && this.#met.size === 0;
    return lines.slice(first);
  }

  /** Whether lines may be missing in front of the first fresh one: what was known last did not come again. */
  get hasGap(): boolean {
    return this.#hasGap;
  }

  #isKnown(line: Pick<Line, "at" | "text">): boolean {
    const key = keyOf(line);
    const met = (this.#met.get(key) ?? 0) + 1;
    if (met > (this.#kept.get(key) ?? 0)) return false;
    this.#met.set(key, met);
    return true;
  }
}

function counted(lines: readonly Line[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(keyOf(line), (counts.get(keyOf(line)) ?? 0) + 1);
  return counts;
}

function keyOf({ at, text }: Pick<Line, "at" | "text">): string {
  return `${at} ${text}`;
}
