// An answer that goes on ends soon after its key, and not because the database is away; a call whose body is held back until its
// key has ended is not carried out.
import { EventEmitter, once } from "node:events";
import { createServer, request as sendTo } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import express, { type Response } from "express";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Caller, setCaller } from "../../api/middleware/caller.ts";
import { readJsonWhileKeyWorks, whenKeyEnds } from "../../api/middleware/key-end.ts";
import { answerProblem } from "../../api/middleware/problem.ts";
import { Refusals } from "../../api/middleware/refusals.ts";

const CALLER = { accountId: "a", keyId: "k", scopes: [], endsAt: null, isOperator: false, requestId: "r" };

const stillWorks = vi.fn<(id: string) => Promise<boolean>>();
beforeEach(() => {
  stillWorks.mockReset();
});
const SESSION = { id: "s", stillLives: vi.fn<() => Promise<boolean>>() };
const answers: { closed: boolean }[] = [];
afterEach(() => {
  for (const answer of answers.splice(0)) answer.closed = true;
});

function answer(caller: Partial<Caller> = {}): Response {
  const response = Object.assign(new EventEmitter(), { locals: {}, closed: false });
  answers.push(response);
  setCaller(response as unknown as Response, { ...CALLER, ...caller });
  return response as unknown as Response;
}

it("ends when the key has ended, though the database was away before", async () => {
  stillWorks.mockRejectedValueOnce(new Error("away")).mockResolvedValueOnce(true).mockResolvedValue(false);
  const signal = whenKeyEnds({ stillWorks }, answer());
  await vi.waitUntil(() => stillWorks.mock.calls.length === 2, { timeout: 180_000 });
  expect(signal.aborted).toBe(false);
  await vi.waitUntil(() => signal.aborted, { timeout: 180_000 });
  expect(stillWorks.mock.calls).toEqual([["k"], ["k"], ["k"]]);
});

it("asks about no key when the operator's asks, and no more once the client has gone", async () => {
  stillWorks.mockResolvedValue(true);
  whenKeyEnds({ stillWorks }, answer({ isOperator: true, keyId: "operator" }));
  const gone = answer();
  whenKeyEnds({ stillWorks }, gone);
  await vi.waitUntil(() => stillWorks.mock.calls.length === 1, { timeout: 180_000 });
  Object.assign(gone, { closed: true });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(stillWorks.mock.calls).toEqual([["k"]]);
});

it.each([true, false])(
  "asks about the session that asked, and about no key; the operator's: %s",
  async (isOperator) => {
    SESSION.stillLives.mockReset();
    SESSION.stillLives.mockRejectedValueOnce(new Error("away")).mockResolvedValueOnce(true);
    SESSION.stillLives.mockResolvedValue(false);
    const signal = whenKeyEnds({ stillWorks }, answer({ isOperator, session: SESSION as never }));
    await vi.waitUntil(() => SESSION.stillLives.mock.calls.length === 2, { timeout: 180_000 });
    expect(signal.aborted).toBe(false);
    await vi.waitUntil(() => signal.aborted, { timeout: 180_000 });
    expect(stillWorks).not.toHaveBeenCalled();
  },
);

it.each<[string, boolean, Partial<Caller>, number, number]>([
  ["a key that works still", true, {}, 200, 1],
  ["a key that was revoked meanwhile", false, {}, 401, 1],
  ["a session that has ended meanwhile", true, { session: SESSION as never }, 401, 0],
  ["the installation's own key", false, { isOperator: true, keyId: "operator" }, 200, 0],
])(
  "a body that takes long to come is asked about again: %s",
  async (_whose, works, caller, status, asked) => {
    stillWorks.mockResolvedValue(works);
    SESSION.stillLives.mockReset().mockResolvedValue(false);
    expect(await post(caller, 1_200)).toEqual({ status, isCarriedOut: status === 200 });
    expect(stillWorks).toHaveBeenCalledTimes(asked);
  },
);

it("a body that comes at once costs no question, and one that is no JSON is refused as ever", async () => {
  expect(await post({}, 0)).toEqual({ status: 200, isCarriedOut: true });
  expect(await post({}, 0, "}")).toEqual({ status: 400, isCarriedOut: false });
  expect(stillWorks).not.toHaveBeenCalled();
});

/** Sends a body in two pieces, the second one so much later. */
async function post(caller: Partial<Caller>, laterMs: number, end = "1}") {
  let isCarriedOut = false;
  const app = express();
  app.use((_request, response, next) => {
    setCaller(response, { ...CALLER, ...caller });
    next();
  });
  app.post("/", readJsonWhileKeyWorks({ stillWorks }), (_request, response) => {
    isCarriedOut = true;
    response.json({});
  });
  app.use(answerProblem(pino({ level: "silent" }), new Refusals(30)));
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const headers = { "Content-Type": "application/json" };
    const call = sendTo({ host: "127.0.0.1", port, method: "POST", headers, agent: false });
    const answered = once(call, "response");
    call.write('{"a":');
    await sleep(laterMs);
    call.end(end);
    const [answer] = await answered;
    await text(answer);
    return { status: answer.statusCode, isCarriedOut };
  } finally {
    server.close();
  }
}
