import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { untilGatewayListens } from "../../../infra/docker/gateway-listens.ts";
import { freePort } from "../../support/free-port.ts";

async function listening(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

it("a gateway that listens a moment later is waited for", async () => {
  const place = { address: "127.0.0.1", port: await freePort() };
  let isHeard = false;
  const waiting = untilGatewayListens(place, 30_000).then((heard) => {
    isHeard = heard;
  });
  await sleep(300);
  expect(isHeard).toBe(false);
  const server = await listening(place.port);
  await waiting;
  expect(isHeard).toBe(true);
  server.close();
});

it("one that is away is waited for no longer than is said", async () => {
  const place = { address: "127.0.0.1", port: await freePort() };
  expect(await untilGatewayListens(place, 200)).toBe(false);
});
