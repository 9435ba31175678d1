// What has become of a deployment, as rows: operations with their logs, backups, callbacks, and what its models have cost.
import { v7 as uuidv7 } from "uuid";
import type { Sql } from "../../stacks/database/database.ts";
import type { Deployment } from "../../stacks/deployments/deployments.ts";
import type { OperationKind } from "../../stacks/lifecycle.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Past {
  readonly kind: OperationKind;
  readonly state: "running" | "succeeded" | "failed";
  readonly minutesAgo: number;
  readonly cause?: { readonly code: string; readonly message: string };
}

/** The latest is the one that its status is about. @returns its id */
export async function insertOperation(
  sql: Sql,
  id: string,
  { kind, state, minutesAgo, cause }: Past,
): Promise<string> {
  const began = new Date(Date.now() - minutesAgo * MINUTE_MS);
  const operation = {
    id: uuidv7(),
    deployment_id: id,
    kind,
    state,
    error: cause ? JSON.stringify(cause) : null,
    created_at: began,
    started_at: began,
    finished_at: state === "running" ? null : new Date(began.getTime() + 42_000),
  };
  await sql.insertInto("operations").values(operation).execute();
  const events = [
    ["done", "create", "Network berth-net"],
    ["done", "create", "Volume berth-data"],
    ["done", "create", "Container berth"],
    [state === "running" ? "started" : state === "failed" ? "failed" : "done", "create", "Command readiness"],
  ].map(([step, op, resource]) => ({ kind: "resource", step, op, resource }));
  await sql
    .insertInto("operation_events")
    .values(
      events.map((event, sequence) => ({
        operation_id: operation.id,
        sequence: sequence + 1,
        at: new Date(began.getTime() + sequence * 4_000),
        event: JSON.stringify(event),
      })),
    )
    .execute();
  await sql.updateTable("deployments").set({ operation_id: operation.id }).where("id", "=", id).execute();
  return operation.id;
}

/** Each tab has something to show. */
export async function insertPast(sql: Sql, deployment: Deployment): Promise<void> {
  const { id } = deployment;
  await insertOperation(sql, id, { kind: "activate", state: "succeeded", minutesAgo: 3_000 });
  const cause = { code: "NOT_READY", message: "The assistant did not say within 300 s that it is ready." };
  await insertOperation(sql, id, { kind: "redeploy", state: "failed", minutesAgo: 200, cause });
  const backup = await insertOperation(sql, id, { kind: "backup", state: "succeeded", minutesAgo: 90 });
  await insertBackups(sql, deployment, backup);
  await insertOperation(sql, id, { kind: "redeploy", state: "succeeded", minutesAgo: 60 });
  await insertCallbacks(sql, id);
  await insertUsage(sql, id);
  await insertSamples(sql, id);
}

/** What it has used in the last hour: it was restarted once, and not measured for a while before. */
async function insertSamples(sql: Sql, id: string): Promise<void> {
  const now = Date.now();
  const at = Array.from({ length: 58 }, (_, n) => 58 - n).filter((minutes) => minutes < 24 || minutes > 33);
  await sql
    .insertInto("samples")
    .values(
      at.map((minutes, n) => {
        const isFirst = n === 0 || minutes === 23;
        const wave = 1 + Math.sin(n / 3);
        return {
          deployment_id: id,
          place: n,
          at: new Date(now - minutes * MINUTE_MS),
          seconds: isFirst ? null : 60,
          cpu_cores: isFirst ? null : 0.02 + 0.2 * wave,
          memory_bytes: 310e6 + 40e6 * wave,
          received_per_second: isFirst ? null : 2_000 * wave,
          sent_per_second: isFirst ? null : 700 * wave,
          state_used_bytes: 21e6 + 1e5 * n,
        };
      }),
    )
    .execute();
}

async function insertBackups(sql: Sql, { id, account_id }: Deployment, operationId: string): Promise<void> {
  const of = { deployment_id: id, account_id, image: "ghcr.io/openclaw/openclaw:2026.9.6" };
  const ready = { ...of, id: uuidv7(), reason: "requested", state: "running", operation_id: operationId };
  const failed = { ...ready, id: uuidv7(), reason: "scheduled", operation_id: uuidv7() };
  await sql
    .insertInto("backups")
    .values([ready, failed] as never)
    .execute();
  const finished_at = new Date();
  await sql
    .updateTable("backups")
    .set({ state: "ready", size: 48_311_204, sha256: "5e".repeat(32), finished_at })
    .where("id", "=", ready.id)
    .execute();
  const error = JSON.stringify({ code: "DISK_FULL", message: "The disk of the backups has no room left." });
  await sql
    .updateTable("backups")
    .set({ state: "failed", error, finished_at })
    .where("id", "=", failed.id)
    .execute();
}

async function insertCallbacks(sql: Sql, id: string): Promise<void> {
  const attempt = (statusCode: number | null, error: string | null = null) => ({
    at: new Date().toISOString(),
    statusCode,
    error,
  });
  const sent = [
    ["assistant.active", "delivered", [attempt(200)]],
    ["assistant.failed", "failed", [attempt(500), attempt(null, "The name did not resolve.")]],
  ] as const;
  for (const [type, state, attempts] of sent)
    await sql
      .insertInto("callbacks")
      .values({
        id: uuidv7(),
        deployment_id: id,
        type,
        body: JSON.stringify({ type, data: { deploymentId: id } }),
        state,
        attempts: JSON.stringify(attempts),
        next_attempt_at: null,
      })
      .execute();
  const callback_url = "https://hooks.example.com/berth/a-rather-long-path-that-has-to-break-somewhere";
  await sql.updateTable("deployments").set({ callback_url }).where("id", "=", id).execute();
}

async function insertUsage(sql: Sql, id: string): Promise<void> {
  const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
  const models = ["claude-sonnet-4-5-20250929", "claude-haiku-4-5"];
  await sql
    .insertInto("model_usage_days")
    .values(
      Array.from({ length: 20 }, (_, n) => ({
        deployment_id: id,
        day: dayOf(n),
        provider: "anthropic" as const,
        model: models[n % 2] ?? "",
        requests: 12 + n,
        input: 40_000 * (n + 1),
        output: 3_000 * (n + 1),
        counted_tokens: 43_000 * (n + 1),
        microdollars: 165_000 * (n + 1),
      })),
    )
    .execute();
  const month = { month: dayOf(0).slice(0, 7), month_microdollars: 12_340_000, month_tokens: 2_310_000 };
  const day = { day: dayOf(0), day_microdollars: 870_000, day_tokens: 143_000 };
  await sql
    .insertInto("model_spend")
    .values({ deployment_id: id, ...month, ...day })
    .execute();
}
