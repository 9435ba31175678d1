// A row whose secrets can't be opened takes nothing else with it: the list names it, and the client can send them again.
import { afterAll, beforeAll, expect, it } from "vitest";
import { sealColumn } from "../../stacks/deployments/secret-columns.ts";
import { newSecretKey } from "../../stacks/keys/key-files.ts";
import { boxOf } from "../../stacks/keys/store.ts";
import { newBotToken, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(36, { BERTH_ROLE: "api", BERTH_TELEGRAM_CHECK: "off" });
});
afterAll(() => berth.close());

it("the list and the deployment name it, its callback secret is refused with what to do, and PATCH mends it", async () => {
  const whole = await paidSlot(berth);
  const id = await paidSlot(berth);
  const other = boxOf(newSecretKey());
  await berth.installation.sql
    .updateTable("deployments")
    .set({
      status: "failed",
      model_provider: "anthropic",
      model_id: "claude-sonnet-4-5-20250929",
      telegram_bot_token: sealColumn(other, id, "telegram_bot_token", newBotToken()),
      model_api_key: "v2.damaged",
      callback_secret: "v1.damaged",
    })
    .where("id", "=", id)
    .execute();
  const { status, body } = await berth.call("GET", "/api/v1/assistants");
  expect(status).toBe(200);
  const rows = body.data as unknown as { deploymentId: string; unreadableSecrets: string[] }[];
  expect(rows.find((row) => row.deploymentId === whole)?.unreadableSecrets).toEqual([]);
  const named = ["telegramBotToken", "modelApiKey"];
  expect(rows.find((row) => row.deploymentId === id)).toMatchObject({
    unreadableSecrets: named,
    telegramBotToken: null,
    modelApiKey: null,
  });
  const secret = await berth.call("GET", `${id}/callback-secret`);
  expect(secret).toMatchObject({ status: 503, body: { error: { code: "UNAVAILABLE" } } });
  expect((await berth.call("POST", `${id}/callback-secret/rotate`)).status).toBe(200);
  expect((await berth.call("GET", `${id}/callback-secret`)).status).toBe(200);
  const sent = { telegramBotToken: newBotToken(), modelApiKey: "sk-ant-another-0123456789" };
  expect((await berth.call("PATCH", id, sent)).body.data).toMatchObject({ unreadableSecrets: [] });
});
