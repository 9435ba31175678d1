// An answer that goes on ends soon after its key, and not because the database is away.
import { EventEmitter } from "node:events";
import type { Response } from "express";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Caller, setCaller } from "../../api/middleware/caller.ts";
import { whenKeyEnds } from "../../api/middleware/key-end.ts";

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
