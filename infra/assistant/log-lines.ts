// An assistant's log, cut into whole lines.
import { StringDecoder } from "node:string_decoder";

export interface LogLine {
  /** When it was written, as of RFC 3339, with nanoseconds on Docker; null where the target does not say. */
  readonly at: string | null;
  readonly text: string;
}

export interface LogsWanted {
  /** How many lines of what was written before. */
  readonly tail: number;
  readonly since?: Date | undefined;
  /** Goes on with what is written from now on, until the container ends. */
  readonly follow: boolean;
}

/** Beyond it a line is cut. */
const LONGEST_LINE = 64 * 1024;
/** No secret is longer, percent-encoded: of a line that is cut so much is taken off its end, as it may be a part of one. */
const CUT_OFF = 2_048;
const CUT_MARK = " … (cut)";
/** Colours, the cursor's moves, titles of windows: ECMA-48's control sequences and strings. */
const TERMINAL_CODE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: They are what it looks for.
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])/g;

/** The lines of a text that is whole, as `linesOf` gives them. @param longest in characters */
export function* wholeLines(text: string, longest = LONGEST_LINE): Generator<string> {
  const line = new Line(longest);
  yield* line.add(Buffer.from(text));
  yield* line.end();
}

/** One output's line that has not ended yet. */
export class Line {
  readonly #longest: number;
  readonly #decoder = new StringDecoder("utf8");
  #text = "";
  #isCut = false;

  constructor(longest = LONGEST_LINE) {
    this.#longest = longest;
  }

  *add(bytes: Buffer): Generator<string> {
    const [first = "", ...others] = this.#decoder.write(bytes).split("\n");
    this.#append(first);
    for (const other of others) {
      yield this.#take();
      this.#append(other);
    }
  }

  *end(): Generator<string> {
    this.#append(this.#decoder.end());
    if (this.#text) yield this.#take();
  }

  #append(text: string): void {
    if (!this.#isCut) this.#text += text;
    if (this.#text.length <= this.#longest || this.#isCut) return;
    this.#isCut = true;
    this.#text = this.#text.slice(0, this.#longest);
  }

  #take(): string {
    const text = this.#text.replaceAll(TERMINAL_CODE, "").replaceAll(/[^\P{Cc}\t]/gu, "");
    const line = this.#isCut ? text.slice(0, -CUT_OFF) + CUT_MARK : text;
    this.#text = "";
    this.#isCut = false;
    return line;
  }
}
