// What the log has of a call: one that is answered with 5xx has no stack of its own.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express, { type RequestHandler } from "express";
import { type Logger, pino } from "pino";
import { expect, it } from "vitest";
import { logCalls } from "../../api/middleware/log-calls.ts";
import { answerProblem } from "../../api/middleware/problem.ts";
import { Refusals } from "../../api/middleware/refusals.ts";
import { BerthError } from "../../stacks/errors.ts";

/** The lines of one call. */
async function linesOf(answer: RequestHandler): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const log: Logger = pino({}, { write: (line) => void lines.push(line) });
  const app = express()
    .use(logCalls(log))
    .get("/readyz", answer)
    .use(answerProblem(log, new Refusals(30)));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/readyz?key=secret`)).text();
    await expect.poll(() => lines.join("")).toContain("request completed");
  } finally {
    server.close();
  }
  return lines.map((line) => JSON.parse(line));
}

it.each([200, 404, 500, 503])("of an answer %i it names the call and its status alone", async (status) => {
  const [line, ...more] = await linesOf((_request, response) => void response.status(status).json({}));
  expect(more).toEqual([]);
  expect(line).toMatchObject({ level: 30, req: { path: "/readyz" }, res: { status } });
  expect(Object.keys(line ?? {}).toSorted()).toEqual([
    "hostname",
    "level",
    "msg",
    "pid",
    "req",
    "res",
    "responseTime",
    "time",
  ]);
});

it("of a refusal by Berth itself it has the sentence, and what is behind it", async () => {
  const refusal = new BerthError("UNAVAILABLE", "Nothing was bought.");
  const refuse = () => {
    throw refusal;
  };
  const [plain] = await linesOf(refuse);
  expect(plain).toMatchObject({ level: 50, msg: "Nothing was bought." });
  expect(plain).not.toHaveProperty("err");
  refusal.cause = new Error("Polar is away");
  expect((await linesOf(refuse))[0]).toMatchObject({ err: { message: "Polar is away" } });
});

it("of what nobody expected it has the stack", async () => {
  const [line] = await linesOf(() => {
    throw new TypeError("undefined is no function");
  });
  expect(line).toMatchObject({
    level: 50,
    err: { type: "TypeError", stack: expect.stringContaining(" at ") },
  });
});
