// Downloads of backups: three at once for an account, not longer than their key, and nothing is decrypted for HEAD.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { setCaller } from "../../api/middleware/caller.ts";
import { answerProblem } from "../../api/middleware/problem.ts";
import { Refusals } from "../../api/middleware/refusals.ts";
import { download } from "../../api/routes/backups.ts";
import { DEFAULT_ACCOUNT_ID as accountId } from "../../stacks/accounts/accounts.ts";
import { openBackup, requireBackupFile } from "../../stacks/backups/files.ts";
import { noSuchBackup } from "../../stacks/backups/records.ts";
import type { Database } from "../../stacks/database/database.ts";
import { createSlot } from "../../stacks/deployments/deployments.ts";
import { openEmptyDatabase } from "../support/empty-database.ts";

vi.mock("../../stacks/backups/files.ts");

const log = pino({ level: "silent" });
let database: Database;
let server: Server;
let url: string;
const stillWorks = vi.fn<(id: string) => Promise<boolean>>();
beforeAll(async () => {
  database = await openEmptyDatabase();
  const { id } = await createSlot(database.sql, { accountId, apiMode: "byok", maxLive: 0 });
  const backup = { id: crypto.randomUUID(), deployment_id: id, account_id: accountId };
  await database.sql
    .insertInto("backups")
    .values({ ...backup, reason: "requested", state: "ready", image: "x", operation_id: crypto.randomUUID() })
    .execute();
  const app = express().use(({ headers }, response, next) => {
    const keyId = String(headers["x-key"] ?? "key");
    setCaller(response, { accountId, keyId, scopes: [], endsAt: null, isOperator: false, requestId: "r" });
    next();
  });
  app.get(
    "/:id/:backupId",
    (request, _response, next) => {
      request.log = log;
      next();
    },
    download({ sql: database.sql, keyLookup: { stillWorks } } as unknown as Parameters<typeof download>[0]),
  );
  server = createServer(app.use(answerProblem(log, new Refusals(30)))).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${id}/${backup.id}`;
});
beforeEach(() => {
  stillWorks.mockResolvedValue(true);
  vi.mocked(openBackup).mockImplementation(async () => endless());
});
afterEach(() => vi.resetAllMocks());
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await database?.close();
});

async function* endless() {
  for (;;) {
    yield Buffer.from("data");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const headersOf = (key: string) => ({ headers: { "X-Key": key } });

it("are three at once for an account, whatever its keys", async () => {
  const leaving = new AbortController();
  const { signal } = leaving;
  const keys = ["one", "two", "three"];
  const running = await Promise.all(keys.map((key) => fetch(url, { ...headersOf(key), signal })));
  expect(running.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await fetch(url, headersOf("four"))).status).toBe(429);
  leaving.abort();
  const again = async () => {
    const ending = new AbortController();
    const { status } = await fetch(url, { signal: ending.signal });
    ending.abort();
    return status;
  };
  await expect.poll(again).toBe(200);
});

it("end soon after their key", async () => {
  const answer = await fetch(url);
  stillWorks.mockResolvedValue(false);
  await expect(answer.text()).rejects.toThrow();
});

it("are opened for GET alone: HEAD says whether there is one", async () => {
  const there = await fetch(url, { method: "HEAD" });
  expect([there.status, there.headers.get("content-type")]).toEqual([200, "application/gzip"]);
  vi.mocked(requireBackupFile).mockRejectedValue(noSuchBackup());
  expect((await fetch(url, { method: "HEAD" })).status).toBe(404);
  expect(openBackup).not.toHaveBeenCalled();
});
