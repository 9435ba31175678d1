// Refusing a flood of wrong keys costs one record for an address and minute.
import type { Response } from "express";
import { expect, it } from "vitest";
import { isUnrecorded } from "../../api/middleware/audit.ts";
import { openBudgets } from "../../api/middleware/rate-limits.ts";
import type { Database } from "../../stacks/database/database.ts";

const RATES = { reads: 1, writes: 1, wrongKeys: 2 };
const { wrongKeys, reads } = openBudgets(RATES, { kind: "pglite" } as Database);

async function spend(budget: typeof reads, key: string) {
  const response = { locals: {}, set: () => {} } as unknown as Response;
  const code = await budget.spend(key, response).then(
    () => "fine",
    (error: { code: string }) => error.code,
  );
  return `${code}${isUnrecorded(response) ? ", unrecorded" : ""}`;
}

it("records what is within the budget, the first refusal beyond it, and no more", async () => {
  const calls = [];
  for (let count = 0; count < 5; count++) calls.push(await spend(wrongKeys, "192.0.2.1"));
  expect(calls).toEqual([
    "fine",
    "fine",
    "RATE_LIMITED",
    "RATE_LIMITED, unrecorded",
    "RATE_LIMITED, unrecorded",
  ]);
  expect(await spend(wrongKeys, "192.0.2.2"), "another address").toBe("fine");
});

it("records every refusal of a key that is right", async () => {
  const calls = [];
  for (let count = 0; count < 4; count++) calls.push(await spend(reads, "key"));
  expect(calls).toEqual(["fine", "RATE_LIMITED", "RATE_LIMITED", "RATE_LIMITED"]);
});
