// Reads single top-level fields out of JSON that arrives in pieces, without holding the rest: bodies and answers may have
// many megabytes. It doesn't prove that all of it is JSON; the provider does that.

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
/** In bytes; a name of ours is shorter, escaped from end to end too. */
const LONGEST_NAME = 256;

type Found = (name: string, value: unknown) => void;
/** Reads a value that may be long as it comes: an object, or a list of objects. */
type Inner = Readonly<Record<string, () => JsonFields>>;

export class JsonFields {
  readonly #names: ReadonlySet<string>;
  readonly #longest: number;
  readonly #found: Found;
  readonly #inners: Inner;
  /** Of the object whose fields are read: 1, or 2 in a list of objects. */
  #base = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isName = false;
  #name: string | undefined;
  #isBad = false;
  /** Bytes of a name, or of the value that is wanted; undefined where neither is. */
  #kept: number[] | undefined;
  /** Of the value that is read now, by its fields. */
  #inner: JsonFields | undefined;

  /**
   * @param longest bytes that a value may have; a longer one is undefined
   * @param found gets each occurrence of a name, as it is written: some providers don't tell upper case from lower
   * @param inners readers of other fields' values, by their names: a new one for each
   */
  constructor(names: Iterable<string>, longest: number, found: Found, inners: Inner = {}) {
    this.#names = new Set([...names].map((name) => name.toLowerCase()));
    this.#longest = longest;
    this.#found = found;
    this.#inners = inners;
  }

  feed(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#isBad) {
      const isWanted = this.#kept || (!this.#isInString && this.#depth <= this.#base);
      if (isWanted) this.#take(bytes[at++] ?? 0);
      else at = this.#pass(bytes, at);
    }
  }

  /** Whether it was one object, from its beginning to its end. */
  get isWholeObject(): boolean {
    return this.#base === 1 && this.#depth === 0 && !this.#isBad;
  }

  #pass(bytes: Buffer, from: number): number {
    const isInside = this.#depth > this.#base;
    const end = this.#skip(bytes, from);
    if (isInside) this.#inner?.feed(bytes.subarray(from, end));
    return end;
  }

  /** To the end of a value that nobody wants, or of the bytes: this is most of them. */
  #skip(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      if (this.#isInString) {
        at = this.#skipString(bytes, at);
        if (this.#isInString || this.#depth <= this.#base) return at;
      }
      const byte = bytes[at++];
      if (byte === QUOTE) this.#isInString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth === this.#base) return at;
      }
    }
    return at;
  }

  #skipString(bytes: Buffer, from: number): number {
    let at = this.#isEscaped ? from + 1 : from;
    this.#isEscaped = false;
    for (;;) {
      const quote = bytes.indexOf(QUOTE, at);
      const end = quote === -1 ? bytes.length : quote;
      let slash = end;
      while (slash > at && bytes[slash - 1] === BACKSLASH) slash--;
      const isEscaped = (end - slash) % 2 === 1;
      if (quote === -1) {
        this.#isEscaped = isEscaped;
        return bytes.length;
      }
      at = quote + 1;
      if (isEscaped) continue;
      this.#isInString = false;
      return at;
    }
  }

  #take(byte: number): void {
    if (this.#isInString) {
      this.#keep(byte);
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#endString();
    } else if (byte > 0x20) this.#takeStructure(byte);
  }

  #takeStructure(byte: number): void {
    if (this.#depth === 0) this.#open(byte);
    else if (byte === QUOTE) this.#beginString();
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.#keep(byte);
      if (this.#depth === this.#base) this.#inner?.feed(Buffer.of(byte));
      this.#depth += 1;
      if (byte === OPEN_OBJECT && this.#depth === this.#base) this.#isName = true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#close(byte);
    else if (byte === COMMA && this.#depth === this.#base) this.#endValue();
    else if (byte === COLON && this.#depth === this.#base) this.#beginValue();
    else this.#keep(byte);
  }

  #open(byte: number): void {
    if (this.#base > 0 || (byte !== OPEN_OBJECT && byte !== OPEN_LIST)) this.#isBad = true;
    this.#base = byte === OPEN_LIST ? 2 : 1;
    this.#isName = byte === OPEN_OBJECT;
    this.#depth = 1;
  }

  #close(byte: number): void {
    if (this.#depth === this.#base) this.#endValue();
    this.#depth -= 1;
    if (this.#depth >= this.#base) this.#keep(byte);
  }

  #beginString(): void {
    this.#isInString = true;
    if (this.#depth === this.#base && this.#isName) this.#kept = [];
    this.#keep(QUOTE);
  }

  #endString(): void {
    this.#isInString = false;
    if (this.#depth !== this.#base || !this.#isName) return;
    const name = this.#parsed();
    this.#name = typeof name === "string" && this.#names.has(name.toLowerCase()) ? name : undefined;
    this.#inner =
      typeof name === "string" && Object.hasOwn(this.#inners, name) ? this.#inners[name]?.() : undefined;
    this.#isName = false;
    this.#kept = undefined;
  }

  #beginValue(): void {
    this.#kept = this.#name === undefined ? undefined : [];
  }

  #endValue(): void {
    if (this.#name !== undefined) this.#found(this.#name, this.#parsed());
    this.#name = undefined;
    this.#inner = undefined;
    this.#kept = undefined;
    this.#isName = true;
  }

  #keep(byte: number): void {
    if (!this.#kept) return;
    const longest = this.#isName ? LONGEST_NAME : this.#longest;
    // What is too long is no longer kept, and undefined then.
    if (this.#kept.push(byte) > longest) this.#kept = undefined;
  }

  #parsed(): unknown {
    return this.#kept && jsonIn(Buffer.from(this.#kept).toString("utf8"));
  }
}

/** Undefined for what is no JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a value; undefined where it is no object. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
