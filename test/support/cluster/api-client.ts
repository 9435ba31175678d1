// Calls of the API server with a kubeconfig's certificate. The tests' own: what Berth calls with is under test.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";

// biome-ignore lint/suspicious/noExplicitAny: each caller knows the kind that it reads.
export type Resource = any;

class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class ApiClient {
  readonly #server: string;
  readonly #agent: Agent;

  constructor(kubeconfig: string) {
    const { clusters, users } = JSON.parse(readFileSync(kubeconfig, "utf8"));
    const { cluster } = clusters[0];
    const { user } = users[0];
    const decode = (value: string) => Buffer.from(value, "base64");
    this.#server = cluster.server;
    this.#agent = new Agent({
      keepAlive: true,
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
    });
  }

  /** @param path e.g. `/api/v1/nodes` @throws ApiError with the server's own sentence */
  async call(method: string, path: string, body?: object): Promise<Resource> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      const options = { method, agent: this.#agent, headers: { "Content-Type": type } };
      const asking = request(`${this.#server}${path}`, options, (response) => {
        text(response).then((said) => resolve({ status: response.statusCode ?? 0, body: said }), reject);
      });
      asking.once("error", reject).end(body && JSON.stringify(body));
    });
    const isJson = answer.body.startsWith("{");
    const content = isJson ? JSON.parse(answer.body) : answer.body;
    if (answer.status >= 400) throw new ApiError(answer.status, content.message ?? answer.body);
    return content;
  }

  close(): void {
    this.#agent.destroy();
  }
}
