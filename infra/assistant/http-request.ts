// One HTTP request to an assistant. By node:http it costs half of what fetch does, and thousands are made in a minute.
import { Agent, request } from "node:http";
import type { Duplex, Readable } from "node:stream";

export interface HttpRequest {
  /** GET if it is left out. */
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** As the header has it; empty if there is none. */
  readonly contentType: string;
  /** Who stops reading it closes the connection. */
  readonly body: Readable;
}

/**
 * Sends a request. An answer that leads elsewhere is one like any other.
 * @throws Error when there is no answer before the signal; the body ends with an error then, too
 */
export type Send = (url: string, asked: HttpRequest) => Promise<HttpAnswer>;

/** None is kept: until an assistant is asked again, it has closed its end. */
const connections = new Agent({ keepAlive: false });

/** By a connection that is there already, or one of its own. As Send. */
export function sendHttp(
  url: string,
  { body, ...asked }: HttpRequest,
  connection?: Duplex,
): Promise<HttpAnswer> {
  const way = connection ? { createConnection: () => connection } : { agent: connections };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...asked, ...way }, (message) => {
      const { statusCode: status = 0, headers } = message;
      resolve({ status, contentType: headers["content-type"] ?? "", body: message });
    });
    sent.on("error", reject);
    // Also where Node reports nothing else: of an answer that switches to another protocol.
    sent.on("close", () => reject(new Error("The connection has ended without an answer.")));
    sent.end(body);
  });
}
