// A deployment in every state, for pages that show them. No container stands behind any of them.

import { v7 as uuidv7 } from "uuid";
import { findDeployment } from "../../stacks/deployments/deployments.ts";
import { STATUSES, type Status } from "../../stacks/lifecycle.ts";
import type { TestBerth } from "./berth.ts";
import { insertOperation, insertPast } from "./dashboard-past.ts";

/** The pages of one assistant, after its address. */
export const TABS = [
  "",
  "/logs",
  "/pairing",
  "/backups",
  "/settings",
  "/usage",
  "/operations",
  "/callbacks",
  "/delete",
];

/** A name as somebody sends it who means harm: markup, an override of the writing direction, a terminal code. */
export const HOSTILE_NAME = "Mallory \u202e<img src=x onerror=alert(1)>\u001b[31m";

const OUTPUTS = {
  replicas: 1,
  containerId: "c0ffee",
  endpoint: "http://127.0.0.1:1",
  image: "tiny",
  network: "net",
  volume: "vol",
};
const UNNAMED: readonly Status[] = ["pending_payment", "purchased"];
const RUNNING: readonly Status[] = ["active", "stopping"];

/** @returns the id of the one in each state */
export async function insertOneOfEach(berth: TestBerth): Promise<Record<Status, string>> {
  const ids: Partial<Record<Status, string>> = {};
  for (const status of STATUSES) {
    const { body } = await berth.call("POST", "/api/v1/assistants/purchase", { apiMode: "byok" });
    const id = body.data?.deploymentId ?? "";
    ids[status] = id;
    const isUp = RUNNING.includes(status);
    const outputs = { ...OUTPUTS, status: isUp ? "active" : "stopped", replicas: isUp ? 1 : 0 };
    await berth.installation.sql
      .updateTable("deployments")
      .set({
        status,
        ...(!UNNAMED.includes(status) && {
          name: status === "failed" ? HOSTILE_NAME : `Assistant that is ${status}`,
          model_provider: "anthropic",
          model_id: "claude-sonnet-4-5-20250929",
        }),
        ...((isUp || status === "stopped") && { outputs: JSON.stringify(outputs), stack_exists: true }),
      })
      .where("id", "=", id)
      .execute();
  }
  const all = ids as Record<Status, string>;
  await insertPasts(berth, all);
  return all;
}

/** What runs, what has failed and what is deleted each say so by an operation. */
async function insertPasts({ installation: { sql } }: TestBerth, ids: Record<Status, string>): Promise<void> {
  const active = await findDeployment(sql, ids.active);
  if (active) await insertPast(sql, active);
  await insertOperation(sql, ids.deploying, { kind: "activate", state: "running", minutesAgo: 0 });
  await insertOperation(sql, ids.stopping, { kind: "stop", state: "running", minutesAgo: 0 });
  await insertOperation(sql, ids.deleting, { kind: "delete", state: "running", minutesAgo: 0 });
  await insertOperation(sql, ids.stopped, { kind: "stop", state: "succeeded", minutesAgo: 30 });
  const cause = {
    code: "NOT_READY",
    message: "The assistant did not say within 300 s that it is ready. Redeploy it once that is mended.",
  };
  await insertOperation(sql, ids.failed, { kind: "activate", state: "failed", minutesAgo: 8, cause });
}

/** As many active ones like that one, whose payment has ended: what brings them up is refused. */
export async function insertUnpaid(
  { installation: { sql } }: TestBerth,
  like: string,
  count: number,
): Promise<void> {
  const row = await findDeployment(sql, like);
  if (!row) throw new Error("There is none like that.");
  const { id: _, outputs, operation_id: _operation, ...rest } = row;
  const unpaid = Array.from({ length: count }, (_one, n) => ({
    ...(rest as object),
    id: uuidv7(),
    checkout_id: crypto.randomUUID(),
    name: `Unpaid ${n}`,
    payment: "revoked",
    outputs: JSON.stringify(outputs),
    allow_from: JSON.stringify(row.allow_from),
  }));
  await sql
    .insertInto("deployments")
    .values(unpaid as never)
    .execute();
}
