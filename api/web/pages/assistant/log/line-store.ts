// The lines of a log, outside of React's state: a hundred thousand of them may come at once. The oldest make way.

export const MOST_LINES = 100_000;
const NOTIFY_EVERY_MS = 100;

export interface Line {
  /** Counts from 0, whatever has made way since. */
  readonly number: number;
  /** When it was written; null where the API does not say. */
  readonly at: string | null;
  readonly text: string;
  /** A remark of this page's, not of the assistant's. */
  readonly isRemark: boolean;
}

type Written = Pick<Line, "at" | "text">;

export class LineStore {
  readonly #most: number;
  readonly #lines: Line[] = [];
  readonly #listeners = new Set<() => void>();
  #next = 0;
  #version = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(most = MOST_LINES) {
    this.#most = most;
  }

  /** Those that are kept, oldest first. The same array each time. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** How many have made way. */
  get gone(): number {
    return this.#next - this.#lines.length;
  }

  /** Number of the line that comes next. */
  get next(): number {
    return this.#next;
  }

  /** Another one whenever there was a change. */
  readonly version = (): number => this.#version;

  /** Calls `listener` after a change, ten times a second at most. @returns what ends that */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  add(lines: readonly Written[]): void {
    for (const { at, text } of lines) this.#lines.push({ number: this.#next++, at, text, isRemark: false });
    this.#settle();
  }

  remark(text: string): void {
    this.#lines.push({ number: this.#next++, at: null, text, isRemark: true });
    this.#settle();
  }

  #settle(): void {
    // A tenth at a time: what stands on the screen does not move with each line.
    const excess = this.#lines.length - this.#most;
    if (excess > 0) this.#lines.splice(0, Math.max(excess, Math.ceil(this.#most / 10)));
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#version++;
      for (const listener of this.#listeners) listener();
    }, NOTIFY_EVERY_MS);
  }
}
