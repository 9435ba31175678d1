// A stand-in for the providers' APIs on loopback, which answers as their documentation says.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { MODEL_APIS } from "../../infra/assistant/model-apis.ts";

export interface Given {
  readonly status: number;
  /** Text as it is, anything else as JSON. */
  readonly body: unknown;
}

export class ModelApi {
  readonly asked: { readonly path: string; readonly headers: IncomingMessage["headers"] }[] = [];
  /** What is answered to a path; 500 to any other. Undefined for never. */
  answers: Record<string, Given | undefined> = {};
  #held: Promise<void> | undefined;
  readonly #server = createServer(async (request, response) => {
    const path = request.url ?? "";
    this.asked.push({ path, headers: request.headers });
    await this.#held;
    if (path in this.answers && !this.answers[path]) return;
    const { status, body } = this.answers[path] ?? { status: 500, body: {} };
    response.writeHead(status, { Location: "/elsewhere" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });

  /** Every provider's address. */
  async open(): Promise<typeof MODEL_APIS> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { anthropic: url, openai: url, google: url, openrouter: url, xai: url };
  }

  /** From now on nothing is answered before the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
