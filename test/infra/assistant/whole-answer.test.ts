// A stranger's answer is read as far as it may be long, and no further.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { beginningOf, getWhole } from "../../../infra/assistant/whole-answer.ts";

const LONGEST = 16 * 1024;

it("one that does not end is left after its beginning, and its sender is cut off", async () => {
  const cutOff = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.on("close", () => cutOff.resolve());
    const send = () => response.destroyed || response.write("x".repeat(1_000), () => setImmediate(send));
    send();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/startupz`;
  try {
    const text = await beginningOf((await fetch(url)).body, LONGEST);
    expect(text.length).toBeGreaterThan(LONGEST);
    expect(text.length).toBeLessThan(LONGEST + 1024 * 1024);
    await cutOff.promise;
    await expect(getWhole(url, { timeoutMs: 5_000, longest: LONGEST })).rejects.toThrow("too long");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it("a short one is read whole", async () => {
  const { body } = new Response('{"status":"started"}');
  expect(String(await beginningOf(body, LONGEST))).toBe('{"status":"started"}');
  expect(String(await beginningOf(null, LONGEST))).toBe("");
});
