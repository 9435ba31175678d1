// What a provider says of an error: read whole, so that no part of the real key in it goes on to the assistant.
import type { ServerResponse } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { GrowingBytes } from "./growing-bytes.ts";
import { withoutKey } from "./mask.ts";

/** Bytes of an error's text; what goes beyond is cut. */
const LONGEST = 256 * 1024;
const DECODE: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

type Headers = Readonly<Record<string, string | string[]>>;

export class ErrorAnswer {
  readonly #status: number;
  readonly #headers: Headers;
  readonly #key: string;
  readonly #body = new GrowingBytes();

  constructor(status: number, headers: Headers, key: string) {
    this.#status = status;
    this.#headers = headers;
    this.#key = key;
  }

  /** @returns false when it is long enough */
  feed(piece: Buffer): boolean {
    this.#body.append(piece);
    return this.#body.length < LONGEST;
  }

  send(response: ServerResponse): void {
    const { "content-length": _length, "content-encoding": coding, ...headers } = this.#headers;
    const text = Buffer.from(withoutKey(this.#text(`${coding ?? "identity"}`), this.#key));
    response.writeHead(this.#status, { ...headers, "content-length": text.length });
    response.end(text);
  }

  #text(coding: string): string {
    const bytes = this.#body.bytes.subarray(0, LONGEST);
    if (coding === "identity") return bytes.toString("utf8");
    try {
      return DECODE[coding]?.(bytes, { maxOutputLength: LONGEST }).toString("utf8") ?? "";
    } catch {
      return "";
    }
  }
}
