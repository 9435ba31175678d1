import { mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { removeUnused } from "../../../infra/toolchain/unused-builds.ts";

const HOUR_MS = 3_600_000;

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "berth-cache-"));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

it("of the dashboard's builds the two that were served last stay, and those that are served", async () => {
  const now = Date.now();
  const names = ["1", "2", "3", "4", "5"].map((digit) => `dashboard-${digit.repeat(16)}`);
  for (const [index, name] of [...names, "dashboard-other", "pulumi-3.259.0"].entries()) {
    await mkdir(join(cache, name));
    const usedAt = new Date(now - ([0, 2, 3, 40, 400, 400, 400][index] ?? 0) * HOUR_MS);
    await utimes(join(cache, name), usedAt, usedAt);
  }
  await removeUnused(cache, now);
  expect((await readdir(cache)).sort()).toEqual([...names.slice(0, 3), "dashboard-other", "pulumi-3.259.0"]);
  await removeUnused(cache, now + 100 * HOUR_MS);
  expect((await readdir(cache)).sort()).toEqual([...names.slice(0, 2), "dashboard-other", "pulumi-3.259.0"]);
});
