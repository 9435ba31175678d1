// A provider whose every byte a test decides: it hands out each request with its whole body, and the test answers.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
  readonly response: ServerResponse;
}

type Answer = (received: Received) => void | Promise<void>;

export interface FakeProvider {
  readonly url: string;
  readonly received: readonly Received[];
  /** How the next requests are answered. */
  answer: Answer;
  close(): Promise<void>;
}

export async function startFakeProvider(
  answer: Answer = ({ response }) => void response.end(),
): Promise<FakeProvider> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray().catch(() => [])).toString("utf8");
    received.push({ request, body, response });
    await fake.answer({ request, body, response });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

/** Answers with JSON. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return ({ response }) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(value));
  };
}

/** Answers with server-sent events, as they are on the wire. */
export function events(text: string): Answer {
  return ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(text);
  };
}
