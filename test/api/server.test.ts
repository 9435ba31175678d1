// What a start has opened is closed again when a later step throws.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readConfig } from "../../api/config/config.ts";
import { startBerth } from "../../api/server.ts";
import { claimFolder } from "../../stacks/data-folder.ts";
import { putEmptyDatabase } from "../support/empty-database.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "berth-server-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

function start(port = 0) {
  const environment = { BERTH_DATA_DIR: dataDir, BERTH_ROLE: "api", PORT: `${port}`, LOG_LEVEL: "silent" };
  const tools = { pulumi: { path: "pulumi", version: "3" }, plugins: [], searchPath: "" };
  return startBerth(readConfig(environment), tools);
}

/** Whether another process could have it. */
async function isFree(): Promise<boolean> {
  const claim = await claimFolder(dataDir);
  await claim?.release();
  return claim !== undefined;
}

async function listening(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return server;
}

it("without a database the data folder is free again", async () => {
  await writeFile(join(dataDir, "database"), "no folder");
  await expect(start()).rejects.toThrow("database");
  expect(await isFree()).toBe(true);
});

it("without its secrets the database is closed and the data folder is free again; mended, it opens", async () => {
  await putEmptyDatabase(dataDir);
  await mkdir(join(dataDir, "secret-key"));
  await expect(start()).rejects.toThrow("EISDIR");
  expect(await isFree()).toBe(true);
  await rm(join(dataDir, "secret-key"), { recursive: true });
  const berth = await start();
  expect(await isFree()).toBe(false);
  await berth.close();
  expect(await isFree()).toBe(true);
});

it("without its port everything is closed and the data folder is free again", async () => {
  const rival = await listening();
  await putEmptyDatabase(dataDir);
  await expect(start((rival.address() as AddressInfo).port)).rejects.toThrow("is used by");
  expect(await isFree()).toBe(true);
  rival.close();
});
