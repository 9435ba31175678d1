// The same life with PostgreSQL instead of the embedded database and of the state's files, and two processes on it.

import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTIVATION, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { labelled, NOTHING } from "../support/docker.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

let postgres: PostgresServer;
let client: pg.Client;
let worker: TestBerth;
let api: TestBerth;
beforeAll(async () => {
  postgres = await startPostgres();
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const shared = {
    DATABASE_URL: postgres.url,
    PULUMI_BACKEND_URL: `${postgres.url}?sslmode=disable`,
    BERTH_ASSISTANT_IMAGE: (await ensureTinyImages()).healthy,
  };
  worker = await startTestBerth(23, { ...shared, BERTH_ROLE: "worker" });
  api = await startTestBerth(23, { ...shared, BERTH_ROLE: "api" }, worker.dataDir);
});
afterAll(async () => {
  await client?.end();
  await api?.close();
  await worker?.close();
  await postgres?.stop();
});

it("a slot set to purchased by SQL is activated, stopped and deleted by another process", async () => {
  const { body } = await api.call("POST", "purchase", { apiMode: "byok" });
  const id = body.data?.deploymentId ?? "";
  await client.query("update deployments set status = 'purchased' where id = $1", [id]);
  expect((await api.call("POST", `${id}/activate`, ACTIVATION)).status).toBe(202);
  await waitForStatus(api, id, "active");
  expect(await stateKeys(id)).not.toEqual([]);
  await api.call("POST", `${id}/stop`);
  await waitForStatus(api, id, "stopped");
  await api.call("DELETE", id);
  await waitForStatus(api, id, "deleted");
  expect(await labelled(id)).toEqual(NOTHING);
  expect(await stateKeys(id)).toEqual([]);
  const { rows } = await client.query("select * from deployments where id = $1", [id]);
  expect(rows[0]).toMatchObject({
    status: "deleted",
    telegram_bot_token: null,
    model_api_key: null,
    gateway_token: null,
  });
});

/** What Pulumi keeps of a stack in PostgreSQL. */
async function stateKeys(id: string): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>("select key from pulumi_state where key like $1", [
    `%${id}%`,
  ]);
  return rows.map(({ key }) => key);
}
