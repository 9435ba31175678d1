// A log that is followed says why it ends, to whom understands events.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { afterEach, expect, it } from "vitest";
import { sendLines } from "../../api/routes/log-stream.ts";

const EVENTS = { Accept: "text/event-stream" };

let server: Server | undefined;
afterEach(() => void server?.close());

it.each([
  [
    "no_more",
    EVENTS,
    ': open\n\nid: 2026-01-02T03:04:05.678901234Z\nevent: log\ndata: one\n\nevent: end\ndata: {"reason":"no_more"}\n\n',
  ],
  [
    "time_is_up",
    EVENTS,
    ': open\n\nid: 2026-01-02T03:04:05.678901234Z\nevent: log\ndata: one\n\nevent: end\ndata: {"reason":"time_is_up"}\n\n',
  ],
  [
    "key_ended",
    EVENTS,
    ': open\n\nid: 2026-01-02T03:04:05.678901234Z\nevent: log\ndata: one\n\nevent: end\ndata: {"reason":"key_ended"}\n\n',
  ],
  ["time_is_up", {}, "one\n"],
  ["key_ended", {}, "one\n"],
] as const)("%s: %o", async (why, headers, text) => {
  const [timeIsUp, keyEnds] = [new AbortController(), new AbortController()];
  const ending = why === "key_ended" ? keyEnds : timeIsUp;
  async function* lines() {
    yield { at: "2026-01-02T03:04:05.678901234Z", text: "one" };
    if (why === "no_more") return;
    setTimeout(() => ending.abort(), 50);
    await sleep(10_000, undefined, { signal: ending.signal });
  }
  const app = express().get("/", async (request, response) => {
    const left = new AbortController();
    response.once("close", () => left.abort());
    await sendLines(request, response, lines(), {
      left: left.signal,
      timeIsUp: timeIsUp.signal,
      keyEnds: keyEnds.signal,
    });
  });
  const listening = app.listen(0, "127.0.0.1");
  server = listening;
  await new Promise((resolve) => listening.once("listening", resolve));
  const { port } = listening.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers });
  expect(await answer.text()).toBe(text);
  expect(answer.headers.get("cache-control"), "no proxy keeps or packs it").toBe("no-store, no-transform");
  expect(answer.headers.get("x-accel-buffering"), "nginx holds nothing back").toBe("no");
});
