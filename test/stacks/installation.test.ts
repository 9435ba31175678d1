// What an installation has opened is closed again when a later step throws.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readConfig } from "../../api/config/config.ts";
import { claimFolder } from "../../stacks/data-folder.ts";
import { type InstallationParts, openInstallation } from "../../stacks/installation.ts";

let dataDir: string;
let parts: InstallationParts;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "berth-installation-"));
  const { stacks, places } = readConfig({ BERTH_DATA_DIR: dataDir });
  parts = {
    settings: { ...stacks, places },
    databaseUrl: undefined,
    runsWorker: false,
    polar: undefined,
    pulumi: { path: "pulumi", version: "3" },
    standIns: [],
    environment: {},
    network: { resolve: async () => [], pinned: [] },
    callbackDelaysMs: [],
    modelApis: undefined,
    telegramApi: undefined,
    log: pino({ level: "silent" }),
  };
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Whether another process could have it. */
async function isFree(): Promise<boolean> {
  const claim = await claimFolder(dataDir);
  await claim?.release();
  return claim !== undefined;
}

it("without a database the data folder is free again", async () => {
  await writeFile(join(dataDir, "database"), "no folder");
  await expect(openInstallation(parts)).rejects.toThrow();
  expect(await isFree()).toBe(true);
});

it("without its secrets the database is closed and the data folder is free again; mended, it opens", async () => {
  await mkdir(join(dataDir, "secret-key"));
  await expect(openInstallation(parts)).rejects.toThrow("EISDIR");
  expect(await isFree()).toBe(true);
  await rm(join(dataDir, "secret-key"), { recursive: true });
  const installation = await openInstallation(parts);
  expect(await isFree()).toBe(false);
  await installation.close();
  expect(await isFree()).toBe(true);
});
