// What Prometheus is told of an installation, and who may ask. No worker runs: operations end in the records alone.
import { afterAll, beforeAll, expect, it } from "vitest";
import { callWith, newKey } from "../support/accounts.ts";
import { ACTIVATION, API_KEY, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";
import { settle } from "../support/settled.ts";

const METRICS_KEY = "metrics-key-0123456789";

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(49, { BERTH_ROLE: "api", BERTH_METRICS_KEY: METRICS_KEY });
});
afterAll(() => berth.close());

it("deployments, operations and their queue are counted", async () => {
  const { sql } = berth.installation;
  const [first, second] = [await paidSlot(berth), await paidSlot(berth)];
  await settle(sql, first, "activate");
  await settle(sql, second, "activate", { state: "failed", cause: { code: "NOT_READY", message: "No." } });
  const { text } = await scrape();
  expect(text).toContain('berth_deployments{status="active"} 1\n');
  expect(text).toContain('berth_deployments{status="failed"} 1\n');
  expect(text).toContain('berth_deployments{status="deleted"} 0\n');
  expect(text).toContain('berth_operations_live{state="queued"} 2\n');
  expect(text).toContain('berth_operations_live{state="running"} 0\n');
  expect(text).toContain("berth_callbacks_pending 0\n");
  for (const outcome of ["succeeded", "failed"]) {
    const labels = `kind="activate",outcome="${outcome}"`;
    expect(text).toContain(`berth_operation_duration_seconds_bucket{le="+Inf",${labels}} 1\n`);
    expect(text).toContain(`berth_operation_duration_seconds_count{${labels}} 1\n`);
  }
});

it("a count stays when its operations are forgotten, and its buckets hold what is below them", async () => {
  const { sql } = berth.installation;
  const id = await paidSlot(berth);
  for (let count = 0; count < 3; count++) await settle(sql, id, "stop");
  const counts = await sql
    .deleteFrom("operation_counts")
    .where("kind", "=", "stop")
    .returning("count")
    .execute();
  expect(counts.reduce((sum, { count }) => sum + Number(count), 0)).toBe(3);
  // How long they took is not for a test to say.
  const counted = { kind: "stop", outcome: "succeeded" } as const;
  await sql
    .insertInto("operation_counts")
    .values([
      { ...counted, duration_class: 0, count: 2, seconds: 0.5 },
      { ...counted, duration_class: 3, count: 1, seconds: 7.5 },
    ])
    .execute();
  await sql.updateTable("deployments").set({ operation_id: null }).where("id", "=", id).execute();
  await sql.deleteFrom("operations").where("deployment_id", "=", id).execute();
  const { text } = await scrape();
  const bucket = (le: string) =>
    `berth_operation_duration_seconds_bucket{le="${le}",kind="stop",outcome="succeeded"}`;
  for (const [le, count] of [
    ["1", 2],
    ["5", 2],
    ["10", 3],
    ["300", 3],
    ["+Inf", 3],
  ]) {
    expect(text).toContain(`${bucket(String(le))} ${count}\n`);
  }
  const sum = /duration_seconds_sum\{kind="stop",outcome="succeeded"\} ([\d.]+)/.exec(text)?.[1];
  expect(Number(sum)).toBe(8);
});

it("calls are measured by the pattern of their route, never by what a path holds", async () => {
  const canary = "canary-0123456789abcdef";
  await berth.call("GET", `${canary}/status`);
  await berth.call("POST", `${canary}/activate`, ACTIVATION);
  await berth.call("GET", `/api/v1/${canary}`);
  const { text } = await scrape();
  expect(text).not.toContain(canary);
  const labels = 'method="GET",route="/api/v1/assistants/:id/status",status="404"';
  expect(text).toContain(`berth_http_request_duration_seconds_count{${labels}} 1\n`);
  expect(text).toContain('method="GET",route="none",status="404"');
  expect(text).toContain("process_resident_memory_bytes");
});

it("only the operator's key and the metrics' own open them, in either header", async () => {
  const { apiKey } = await newKey(berth, { account: "other" });
  expect((await callWith(berth, { apiKey })("GET", "")).status).toBe(200);
  for (const key of [API_KEY, METRICS_KEY]) {
    expect((await scrape({ Authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await scrape({ "X-API-Key": key })).status).toBe(200);
  }
  for (const key of [apiKey, "", "wrong", `${METRICS_KEY}x`]) {
    const refused = await scrape({ Authorization: `Bearer ${key}` });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain("UNAUTHORIZED");
  }
  expect((await scrape({})).status).toBe(401);
  expect((await berth.call("GET", "", undefined, { "X-API-Key": METRICS_KEY })).status).toBe(401);
});

async function scrape(headers: Record<string, string> = { Authorization: `Bearer ${METRICS_KEY}` }) {
  const response = await fetch(`${berth.url}/metrics`, { headers });
  return { status: response.status, text: await response.text() };
}
