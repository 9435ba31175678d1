// The log's line of a call: one that is answered with 5xx is none with a stack.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { pino } from "pino";
import { expect, it } from "vitest";
import { logCalls } from "../../api/middleware/log-calls.ts";

it.each([200, 404, 500, 503])("of an answer %i names the call and its status alone", async (status) => {
  const lines: string[] = [];
  const app = express();
  app.use(logCalls(pino({}, { write: (line) => void lines.push(line) })));
  app.get("/readyz", (_request, response) => void response.status(status).json({}));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/readyz?key=secret`)).text();
    await expect.poll(() => lines.length).toBe(1);
  } finally {
    server.close();
  }
  const { level, req, res, msg, ...others } = JSON.parse(lines[0] ?? "");
  expect({ level, path: req.path, res, msg }).toEqual({
    ...{ level: 30, path: "/readyz", res: { status }, msg: "request completed" },
  });
  expect(Object.keys(others).toSorted()).toEqual(["hostname", "pid", "responseTime", "time"]);
});
