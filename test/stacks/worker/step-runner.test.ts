// What the steps of one attempt say together: with a process that is made up, and without a database.
import { expect, it } from "vitest";
import type { Sql } from "../../../stacks/database/database.ts";
import type { AttemptRecord } from "../../../stacks/operations/operations.ts";
import type { Step, StepResult } from "../../../stacks/pulumi/messages.ts";
import { type RunnerParts, StepRunner } from "../../../stacks/worker/step-runner.ts";

const STEP = { name: "destroy", location: { stackName: "one" } } as unknown as Step;
const UNTOUCHED = {
  state: "failed",
  cause: { code: "ENGINE_UNAVAILABLE", message: "away" },
  isUntouched: true,
} as const;
const DONE = { state: "succeeded", outputs: null } as const;
const BEFORE = { state: "failed" };

function runnerOf(results: StepResult[], before?: object): StepRunner {
  const process = { keepAlive: () => {}, run: async () => results.shift() };
  const processes = { take: () => process, giveBack: () => {} };
  const parts = { sql: {} as Sql, settings: { startupTimeoutSeconds: 1 }, processes };
  const record = { operation: { id: "1", attempt: 1, lost_hosts: ["other"] }, before };
  return new StepRunner(
    parts as unknown as RunnerParts,
    record as unknown as AttemptRecord,
    (text: string) => text,
  );
}

it("a step that has touched nothing leaves what is known of the tries before", async () => {
  const fresh = runnerOf([UNTOUCHED]);
  expect(await fresh.run(STEP)).toEqual(UNTOUCHED);
  expect(fresh.unfinishedBefore).toBeUndefined();
  const after = runnerOf([UNTOUCHED], BEFORE);
  await after.run(STEP);
  expect(after.unfinishedBefore).toEqual({ lostHosts: ["other"] });
});

it("any other that fails is unfinished", async () => {
  const runner = runnerOf([{ ...UNTOUCHED, isUntouched: false }]);
  await runner.run(STEP);
  expect(runner.unfinishedBefore).toBeDefined();
});

it("after a step that was done, nothing is as it was", async () => {
  const runner = runnerOf([DONE, UNTOUCHED]);
  await runner.run(STEP);
  expect(await runner.run(STEP)).toEqual({ ...UNTOUCHED, isUntouched: false });
});

it("an engine that is away in between the steps leaves as it was what none has touched", async () => {
  const away = async () => Promise.reject(new Error("connect ENOENT /var/run/docker.sock"));
  const runner = runnerOf([DONE]);
  expect(await runner.here(away)).toMatchObject({
    cause: { code: "ENGINE_UNAVAILABLE" },
    isUntouched: true,
  });
  await runner.run(STEP);
  expect(await runner.here(away)).toMatchObject({ state: "failed", isUntouched: false });
});

it("what else fails here says nothing of that", async () => {
  const failed = await runnerOf([]).here(async () => Promise.reject(new Error("no such image")));
  expect(failed).not.toHaveProperty("isUntouched");
});

it("a step that can't be made has left as it was what none before has touched", async () => {
  const damaged = async () => Promise.reject(new Error("A stored secret can't be opened."));
  const runner = runnerOf([DONE]);
  expect(await runner.prepare(damaged)).toMatchObject({
    cause: { code: "SECRET_UNREADABLE" },
    isUntouched: true,
  });
  await runner.run(STEP);
  expect(await runner.prepare(damaged)).toMatchObject({ state: "failed", isUntouched: false });
});
