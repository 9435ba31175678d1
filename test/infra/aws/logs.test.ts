// A followed log whose CloudWatch is away for a while. CloudWatch is made up; the calls are real HTTP.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LogStreams } from "../../../infra/aws/log-streams.ts";
import { openEcsLogs } from "../../../infra/aws/logs.ts";
import { FOUNDATION } from "../../support/foundation.ts";

const ID = "01940000-0000-7000-8000-000000000001";

let server: Server;
/** What is read, one page after another; a page that is a status is no answer. */
let pages: (readonly string[] | number)[];
beforeEach(async () => {
  server = createServer(async (request, response) => {
    const call = String(request.headers["x-amz-target"]).split(".").at(-1);
    await json(request);
    const page = call === "DescribeLogStreams" ? [] : (pages.shift() ?? []);
    const status = typeof page === "number" ? page : 200;
    const events = typeof page === "number" ? [] : page.map((message) => ({ message, timestamp: 1 }));
    const body = status === 200 ? { logStreams: [{ logStreamName: `${ID}/assistant/1` }], events } : {};
    response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "testing");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "testing");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});

async function follow(signal: AbortSignal) {
  const wanted = { tail: 1, follow: true };
  const lines = await openEcsLogs(new LogStreams(FOUNDATION), ID, wanted, signal, 5);
  return lines?.[Symbol.asyncIterator]();
}

it("goes on once it answers again", async () => {
  const leaving = new AbortController();
  // More often than the SDK itself asks again.
  pages = [["one"], ...Array.from({ length: 6 }, () => 500), ["two"]];
  const lines = await follow(leaving.signal);
  expect((await lines?.next())?.value).toMatchObject({ text: "one" });
  expect((await lines?.next())?.value).toMatchObject({ text: "two" });
  leaving.abort();
  await expect(lines?.next()).rejects.toThrow(/abort/i);
});

it("ends where it refuses", async () => {
  pages = [["one"], 400];
  const lines = await follow(AbortSignal.timeout(60_000));
  expect((await lines?.next())?.value).toMatchObject({ text: "one" });
  await expect(lines?.next()).rejects.toThrow();
});
