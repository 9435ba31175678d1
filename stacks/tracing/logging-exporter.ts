// Logs once that spans can't be sent, and once that they can be again: a dead collector must not fill the log.
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-node";
import type { Logger } from "pino";

type Result = Parameters<Parameters<SpanExporter["export"]>[1]>[0];

export class LoggingExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Logger;
  #isFailing = false;

  constructor(exporter: SpanExporter, log: Logger) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: Result) => void): void {
    this.#exporter.export(spans, (result) => {
      this.#note(result.error);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #note(error: Error | undefined): void {
    if (error && !this.#isFailing)
      this.#log.warn({ why: reason(error) }, "traces can't be sent; they are dropped until they can be");
    if (!error && this.#isFailing) this.#log.info("traces are sent again");
    this.#isFailing = error !== undefined;
  }
}

/** A status or a code. A collector's answer may quote the key that was sent. */
function reason(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  return code === undefined ? error.name : String(code);
}
