// The real queue on the real embedded database; no worker takes its jobs but this test.
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { QUEUE } from "../../../stacks/operations/operations.ts";
import { giveUpExhausted } from "../../../stacks/worker/queue.ts";
import { ACTIVATION, paidSlot, startTestBerth, type TestBerth } from "../../support/berth.ts";

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(4, { BERTH_ROLE: "api" });
});
afterAll(() => berth.close());

it("jobs of one deployment come one at a time and in order", async () => {
  const { boss } = berth.installation;
  const id = await paidSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  const [prepare] = await boss.fetch<{ operationId: string }>(QUEUE);
  expect(await boss.fetch(QUEUE)).toEqual([]);
  await boss.complete(QUEUE, prepare?.id ?? "");
  const [activate] = await boss.fetch<{ operationId: string }>(QUEUE);
  const { body } = await berth.call("GET", `${id}/status`);
  expect(body.data?.operation).toMatchObject({ id: activate?.data.operationId, kind: "activate" });
  await boss.complete(QUEUE, activate?.id ?? "");
});

it("a job waits for years: a clock that jumps ahead ends no operation that is queued", async () => {
  const { boss } = berth.installation;
  const id = await paidSlot(berth);
  const [job] = await boss.findJobs(QUEUE, { key: id });
  const keptMs = (job?.keepUntil.getTime() ?? 0) - Date.now();
  expect(keptMs).toBeGreaterThan(365 * 24 * 3_600_000);
  const [taken] = await boss.fetch(QUEUE);
  await boss.complete(QUEUE, taken?.id ?? "");
});

it("an operation whose process dies every time is given up with a cause, and delete is not kept waiting", async () => {
  const { boss } = berth.installation;
  const id = await paidSlot(berth);
  const [prepare] = await boss.fetch(QUEUE);
  await boss.complete(QUEUE, prepare?.id ?? "");
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  for (let attempt = 1; attempt <= 3; attempt++) {
    const [job] = await boss.fetch(QUEUE);
    expect(job, `attempt ${attempt}`).toBeDefined();
    await boss.fail(QUEUE, job?.id ?? "", { reason: "its process died" });
    await giveUpExhausted(berth.installation, pino({ level: "silent" }));
    const { body } = await berth.call("GET", `${id}/status`);
    expect(body.data?.status).toBe(attempt < 3 ? "deploying" : "failed");
  }
  const { body } = await berth.call("GET", `${id}/status`);
  expect(body.data?.operation).toMatchObject({ state: "failed", error: { code: "INTERRUPTED" } });
  await berth.call("DELETE", id);
  expect(await boss.fetch(QUEUE)).toHaveLength(1);
});
