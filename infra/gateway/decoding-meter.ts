// A meter of answers that come compressed although nobody wanted it: it decompresses a copy. One that grows too fast, such as
// a bomb, is not counted: then the worst case counts.
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Meter } from "./meter.ts";
import type { Said } from "./usage.ts";

const DECODERS = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
} as const;
/** Bytes that wait for being decompressed. */
const MOST_WAITING = 4 * 1024 * 1024;
/** Bytes that come of it: no answer with a usage in it has more. */
const MOST_DECODED = 64 * 1024 * 1024;

/** @returns undefined for a coding that it doesn't know */
export function decodingMeter(coding: string, inner: Meter): Meter | undefined {
  const open = Object.hasOwn(DECODERS, coding) ? DECODERS[coding as keyof typeof DECODERS] : undefined;
  return open && new DecodingMeter(open(), inner);
}

class DecodingMeter implements Meter {
  readonly #decoder: ReturnType<(typeof DECODERS)["gzip" | "br"]>;
  readonly #inner: Meter;
  readonly #ended = Promise.withResolvers<void>();

  constructor(decoder: ReturnType<(typeof DECODERS)["gzip" | "br"]>, inner: Meter) {
    this.#decoder = decoder;
    this.#inner = inner;
    let decoded = 0;
    decoder.on("data", (bytes: Buffer) => {
      decoded += bytes.length;
      if (decoded > MOST_DECODED) decoder.destroy();
      else inner.feed(bytes);
    });
    // A stream that was cut off, or that is none: what was read until then counts.
    decoder.on("error", () => this.#ended.resolve()).on("close", () => this.#ended.resolve());
  }

  get said(): Said | undefined {
    return this.#inner.said;
  }

  feed(bytes: Buffer): void {
    if (this.#decoder.destroyed) return;
    if (this.#decoder.writableLength > MOST_WAITING) this.#decoder.destroy();
    else this.#decoder.write(bytes);
  }

  async end(): Promise<void> {
    if (!this.#decoder.destroyed) this.#decoder.end();
    await this.#ended.promise;
  }
}
