// Reads the usage out of an answer while it passes, in bounded memory. Most of a stream's lines are only searched for the
// word "usage"; those that have it are parsed.
import { GrowingBytes } from "./growing-bytes.ts";
import { HostedTally } from "./hosted-tools.ts";
import { JsonFields, jsonIn } from "./json-fields.ts";
import { addSaid, type Said, saidIn } from "./usage.ts";

export interface Meter {
  feed(bytes: Buffer): void;
  /** After the last piece; some need a moment. */
  end(): Promise<void>;
  /** What the provider has said so far; undefined if nothing. */
  readonly said: Said | undefined;
}

/** Bytes of a usage in an answer of JSON. */
const LONGEST_USAGE = 64 * 1024;
/** Bytes of a stream's line: the last event of OpenAI's Responses repeats the whole answer. */
const LONGEST_LINE = 4 * 1024 * 1024;

const USAGE = Buffer.from("usage");
const QUOTE = 0x22;
const NEWLINE = 10;
/** With which a line of data begins. */
const LETTER_D = 0x64;

/** @param contentType of the answer */
export function openMeter(contentType: string): Meter {
  if (/^text\/event-stream\b/i.test(contentType)) return new StreamMeter();
  return /\bjson\b/i.test(contentType) ? new JsonMeter() : NO_METER;
}

export const NO_METER: Meter = { feed: () => undefined, end: async () => undefined, said: undefined };

/** Of one JSON object, or of a list of them. */
class JsonMeter implements Meter {
  #said: Said | undefined;
  readonly #hosted = new HostedTally();
  readonly #fields = new JsonFields(
    ["usage", "usageMetadata"],
    LONGEST_USAGE,
    (name, value) => {
      const now = saidIn({ [name]: value });
      if (now) this.#said = addSaid(this.#said, now);
    },
    this.#hosted.readers(),
  );

  get said(): Said | undefined {
    return this.#said && { ...this.#said, hosted: this.#hosted };
  }

  feed(bytes: Buffer): void {
    this.#fields.feed(bytes);
  }

  async end(): Promise<void> {}
}

/** Of server-sent events. */
class StreamMeter implements Meter {
  said: Said | undefined;
  /** The line that has not ended yet. */
  readonly #line = new GrowingBytes();
  #isTooLong = false;

  feed(bytes: Buffer): void {
    let from = 0;
    if (this.#line.length > 0 || this.#isTooLong) {
      const end = bytes.indexOf(NEWLINE);
      if (end === -1) {
        this.#append(bytes);
        return;
      }
      this.#endLine(bytes.subarray(0, end));
      from = end + 1;
    }
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    if (whole > from) this.#readLines(bytes.subarray(from, whole));
    const rest = Math.max(from, whole);
    if (rest < bytes.length) this.#append(bytes.subarray(rest));
  }

  /** Searches all at once: a line by itself costs more than what is in it. */
  #readLines(lines: Buffer): void {
    for (let at = usageAt(lines, 0); at !== -1; ) {
      const end = lines.indexOf(NEWLINE, at);
      this.#read(lines.subarray(lines.lastIndexOf(NEWLINE, at) + 1, end));
      at = usageAt(lines, end);
    }
  }

  /** The last line may have no end. */
  async end(): Promise<void> {
    this.#endLine(Buffer.alloc(0));
  }

  #append(bytes: Buffer): void {
    this.#isTooLong ||= this.#line.length + bytes.length > LONGEST_LINE;
    if (this.#isTooLong) this.#line.clear();
    else this.#line.append(bytes);
  }

  #endLine(last: Buffer): void {
    if (this.#line.length > 0) {
      this.#append(last);
      this.#read(this.#line.bytes);
      this.#line.clear();
    } else if (!this.#isTooLong) this.#read(last);
    this.#isTooLong = false;
  }

  #read(line: Buffer): void {
    if (line[0] !== LETTER_D || !tellsUsage(line)) return;
    const [, data] = /^data:(.*)$/s.exec(line.toString("utf8")) ?? [];
    const now = data && saidIn(jsonIn(data));
    if (now) this.said = addSaid(this.said, now);
  }
}

/** Chat Completions say `"usage":null` in every event but the last. */
function tellsUsage(line: Buffer): boolean {
  for (let at = usageAt(line, 0); at !== -1; at = usageAt(line, at + 1))
    if (!/^usage"\s*:\s*null/.test(line.toString("latin1", at, at + 24))) return true;
  return false;
}

/** Where a name begins with "usage"; -1 if nowhere. Its quote is looked at last: JSON is full of quotes. */
function usageAt(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(USAGE, from);
  while (at !== -1 && bytes[at - 1] !== QUOTE) at = bytes.indexOf(USAGE, at + 1);
  return at;
}
