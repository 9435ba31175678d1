// One request upstream and its answer back, unchanged and at once. A slow reader slows the provider down; who goes away
// first, the other side is broken off, and never ended as if all had come.
import type { ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import type { ModelProvider } from "../assistant/openclaw.ts";
import { decodingMeter } from "./decoding-meter.ts";
import { ErrorAnswer } from "./error-answer.ts";
import { headersDownstream } from "./headers.ts";
import { type Meter, NO_METER, openMeter } from "./meter.ts";
import { type RefusalText, refuse } from "./refusal.ts";
import type { Said } from "./usage.ts";

const NO_BYTES = Buffer.alloc(0);
/** Answers of 1xx before the answer. */
const MOST_ANNOUNCED = 10;
const NO_ANSWER = { status: 502, message: "The model provider can't be reached." } as const;

export interface Passing {
  readonly provider: ModelProvider;
  readonly key: string;
  readonly request: Dispatcher.DispatchOptions;
  readonly response: ServerResponse;
  /** The longest that an answer may take, and that an assistant may not read on. */
  readonly longestMs: number;
  readonly stalledMs: number;
  /** Of a stream, which begins soon whatever the model thinks; absent for another answer. */
  readonly silence?: { readonly afterMs: number; readonly onChange: (isSilent: boolean) => void };
  readonly onProblem: (problem: string) => void;
}

export interface Passed {
  /** That the assistant got; null if none. */
  readonly status: number | null;
  /** Whether the provider may have worked. */
  readonly mayHaveWorked: boolean;
  readonly said: Said | undefined;
  /** Whether the answer came to its end. */
  readonly isWhole: boolean;
  /** Of the answer. */
  readonly bytes: number;
}

export class Passage implements Dispatcher.DispatchHandler {
  readonly #passing: Passing;
  readonly #passed = Promise.withResolvers<Passed>();
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #stalled: NodeJS.Timeout | undefined;
  #silent: NodeJS.Timeout | undefined;
  #isSilent = false;
  #meter: Meter = NO_METER;
  #errorAnswer: ErrorAnswer | undefined;
  #refusal: RefusalText | undefined;
  #status: number | null = null;
  /** Of the answer, in this turn of the event loop. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  #announced = 0;
  #isStarted = false;
  #isOver = false;

  constructor(passing: Passing) {
    this.#passing = passing;
    const slow = { status: 504, message: "The model provider took too long." } as const;
    this.#timer = setTimeout(() => this.abort(slow), passing.longestMs);
    if (passing.silence) this.#silent = setTimeout(() => this.#setSilent(true), passing.silence.afterMs);
    passing.response.once("close", () => this.abort());
    passing.response.on("drain", () => this.#resume());
  }

  /** Sends the request. @returns how it went; never rejects */
  go(dispatcher: Dispatcher): Promise<Passed> {
    // Of a client that went away while it was decided, `close` does not come again.
    if (this.#passing.response.destroyed) this.abort();
    try {
      if (!this.#isOver) dispatcher.dispatch(this.#passing.request, this);
    } catch (error) {
      this.#fail(error);
    }
    return this.#passed.promise;
  }

  /** Gives the request up at once, on both sides. @param refusal what the assistant gets if it has got nothing yet */
  abort(refusal?: RefusalText): void {
    if (this.#isOver) return;
    this.#refusal ??= refusal;
    this.#controller?.abort(new Error("given up"));
    void this.#over(false);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error("given up"));
    else this.#isStarted = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (this.#isOver) return;
    if (status < 200) {
      // A server can announce an answer for ever, at a cost to all.
      if (++this.#announced === MOST_ANNOUNCED) this.abort(NO_ANSWER);
      return;
    }
    const { key, response } = this.#passing;
    if (status >= 300 && status < 400) {
      this.#isStarted = false;
      this.#refusal = { status: 502, message: "The model provider's address leads elsewhere." };
      controller.abort(new Error("a redirect"));
      return;
    }
    this.#status = status;
    const passed = headersDownstream(headers, key);
    if (status >= 400) {
      this.#errorAnswer = new ErrorAnswer(status, passed, key);
      return;
    }
    this.#meter = meterFor(headers);
    response.writeHead(status, passed);
    // With the first piece, if that came in the same packet.
    setImmediate(() => this.#isOver || response.flushHeaders());
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#bytes === 0) this.#setSilent(false);
    this.#bytes += chunk.length;
    if (this.#errorAnswer) {
      this.#feedError(this.#errorAnswer, chunk);
      return;
    }
    // What one packet has brought goes on in one: it may be hundreds of chunks.
    if (this.#pieces.push(chunk) === 1) queueMicrotask(() => this.#isOver || this.#write());
  }

  #setSilent(isSilent: boolean): void {
    clearTimeout(this.#silent);
    if (this.#isSilent === isSilent) return;
    this.#isSilent = isSilent;
    this.#passing.silence?.onChange(isSilent);
  }

  #write(): void {
    const bytes = this.#takePieces();
    if (bytes.length === 0) return;
    if (!this.#passing.response.write(bytes)) {
      this.#controller?.pause();
      this.#stalled ??= setTimeout(() => this.abort(), this.#passing.stalledMs);
    }
    this.#meter.feed(bytes);
  }

  #takePieces(): Buffer {
    const pieces = this.#pieces;
    this.#pieces = [];
    const [first = NO_BYTES] = pieces;
    return pieces.length > 1 ? Buffer.concat(pieces) : first;
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    if (this.#errorAnswer) this.#errorAnswer.send(this.#passing.response);
    else {
      this.#write();
      this.#passing.response.end();
    }
    void this.#over(true);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  /** An error that never ends is cut. */
  #feedError(answer: ErrorAnswer, chunk: Buffer): void {
    if (answer.feed(chunk)) return;
    this.onResponseEnd();
    this.#controller?.abort(new Error("a long error"));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    this.#passing.onProblem(`${this.#passing.provider}: ${code}`);
    const isSlow = code === "UND_ERR_HEADERS_TIMEOUT";
    const message = isSlow ? "The model provider took too long." : "The model provider can't be reached.";
    this.#refusal ??= { status: isSlow ? 504 : 502, message };
    void this.#over(false);
  }

  #resume(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    if (!this.#isOver) this.#controller?.resume();
  }

  async #over(isWhole: boolean): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#stalled);
    clearTimeout(this.#silent);
    const { response, provider } = this.#passing;
    if (!isWhole && this.#refusal && !response.headersSent && !response.destroyed) {
      this.#status = this.#refusal.status;
      refuse(response, provider, this.#refusal);
    } else if (!isWhole) response.destroy();
    await this.#meter.end();
    this.#passed.resolve({
      status: this.#status,
      mayHaveWorked: this.#isStarted && this.#errorAnswer === undefined,
      said: this.#meter.said,
      isWhole,
      bytes: this.#bytes,
    });
  }
}

function meterFor(headers: Readonly<Record<string, string | string[] | undefined>>): Meter {
  const meter = openMeter(`${headers["content-type"] ?? ""}`);
  const coding = `${headers["content-encoding"] ?? "identity"}`.trim().toLowerCase();
  return coding === "identity" ? meter : (decodingMeter(coding, meter) ?? NO_METER);
}
