// A deployment in every state, for pages that show them. No container stands behind any of them.
import { STATUSES, type Status } from "../../stacks/lifecycle.ts";
import type { TestBerth } from "./berth.ts";

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
  return ids as Record<Status, string>;
}
