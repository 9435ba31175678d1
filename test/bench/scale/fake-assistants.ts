// Fake assistants, all behind one port of loopback: ready, connected, and silent.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const STATUS = {
  ...{ lastMessageAt: null, lastAnswerAt: null, waitingSince: null, failure: null },
  channel: { isConnected: true, hasFailed: false, hasGivenUp: false, isContested: false },
};

/** @returns the port at which they answer; `count` is called for each request */
export async function fakeAssistants(count: () => void): Promise<number> {
  const server = createServer((request, response) => {
    count();
    const answer = request.url === "/readyz" ? { ready: true } : STATUS;
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
