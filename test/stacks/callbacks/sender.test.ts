// Callbacks on a real Berth with a real HTTPS receiver; states change in the records alone.
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, expect, it } from "vitest";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import {
  type Answering,
  RECEIVER_HOST,
  type Received,
  type Receiver,
  startReceiver,
  TestAuthority,
} from "../../support/receiver.ts";
import { settle, slotWithCallback } from "../../support/settled.ts";

const DELAYS_MS = [0, 100, 100, 100];

const authority = new TestAuthority();
const distrust = authority.trust();
const certificate = authority.issue(RECEIVER_HOST);
let berth: TestBerth | undefined;
let receiver: Receiver | undefined;
afterEach(async () => {
  await berth?.close();
  await receiver?.close();
});
afterAll(() => {
  distrust();
  authority.remove();
});

async function start(answer?: Answering, extra: Record<string, string> = {}) {
  receiver = await startReceiver(certificate, answer);
  berth = await startTestBerth(30, { BERTH_CALLBACK_RESOLVE: receiver.pin, ...extra }, undefined, {
    callbackDelaysMs: DELAYS_MS,
  });
  const { sql } = berth.installation;
  return { berth, receiver, sql, id: await slotWithCallback(sql, receiver.url) };
}

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly attempts: readonly { at: string; statusCode: number | null; error: string | null }[];
  readonly nextAttemptAt: string | null;
}

async function callbacksOf(running: TestBerth, id: string): Promise<readonly Shown[]> {
  return (await running.call("GET", `${id}/callbacks?limit=100`)).body.data as unknown as Shown[];
}

async function untilOver(running: TestBerth, id: string): Promise<readonly Shown[]> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const shown = await callbacksOf(running, id);
    if (shown.length > 0 && shown.every(({ state }) => state !== "pending")) return shown;
    if (Date.now() > deadline) throw new Error(`Still pending: ${JSON.stringify(shown)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function secretOf(running: TestBerth, id: string): Promise<string> {
  return String((await running.call("GET", `${id}/callback-secret`)).body.data?.secret);
}

function verified(secret: string, { headers, body }: Received): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

it("every told status arrives once, in order, with a signature that the published library verifies", async () => {
  const { berth, receiver, sql, id } = await start();
  const secret = await secretOf(berth, id);
  const operations = [await settle(sql, id, "activate"), await settle(sql, id, "stop")];
  operations.push(
    await settle(sql, id, "redeploy", { state: "failed", cause: { code: "NOT_READY", message: "x" } }),
  );
  operations.push(await settle(sql, id, "delete"));
  const received = await receiver.until(4);
  const told = received.map((request) => verified(secret, request));
  const statuses = ["active", "stopped", "failed", "deleted"];
  expect(told).toEqual(
    statuses.map((status, index) => ({
      type: `assistant.${status}`,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: {
        deploymentId: id,
        status,
        operationId: operations[index],
        ...(status === "failed" && { error: { code: "NOT_READY" } }),
      },
    })),
  );
  const shown = await untilOver(berth, id);
  expect(shown.map(({ id }) => id)).toEqual(
    received.map(({ headers }) => headers["webhook-id"]).toReversed(),
  );
});
