// What an assistant answers about itself is taken within bounds, whatever it is.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { askReadiness } from "../../../infra/assistant/readiness.ts";
import { ownTime } from "../../support/own-time.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const answering =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    response.writeHead(status).end(body);

it.each([
  [200, '{"ready":true}', "ready"],
  [503, '{"ready":false,"failing":["telegram"]}', { failing: ["telegram"] }],
  [503, '{"ready":false}', { failing: [] }],
  [503, '{"ready":false,"failing":["<b>",7,"a b","ok"]}', { failing: ["ok"] }],
  [200, "<html>", "unknown"],
  [200, '{"ready":"yes"}', "unknown"],
  [404, '{"ready":false}', "unknown"],
  [500, "", "unknown"],
])("%i %s is %j", async (status, body, readiness) => {
  expect(await ask(answering(status, body))).toEqual(readiness);
});

it("it is asked with the assistant's token, which no redirect takes elsewhere", async () => {
  const tokens: (string | undefined)[] = [];
  const asked = await ask((request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(302, { Location: "/elsewhere" }).end();
  });
  expect(asked).toBe("unknown");
  expect(tokens).toEqual(["Bearer token"]);
});

it("an answer without an end is not read to its end", async () => {
  const ownMs = ownTime();
  const asked = await ask((_request, response) => {
    response.writeHead(200);
    response.on("drain", () => response.write("x".repeat(65_536)));
    response.write("x".repeat(65_536));
  });
  expect(asked).toBe("unknown");
  expect(ownMs()).toBeLessThan(1_500);
});

it("silence is no answer after two seconds, and so is a closed port", async () => {
  const ownMs = ownTime();
  expect(await ask(() => {})).toBe("no answer");
  expect(ownMs()).toBeLessThan(4_000);
  expect(await askReadiness({ endpoint: "http://127.0.0.1:1", gatewayToken: "token" })).toBe("no answer");
});

async function ask(listener: RequestListener) {
  const own = createServer(listener);
  server = own;
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
  return askReadiness({ endpoint, gatewayToken: "token" });
}
