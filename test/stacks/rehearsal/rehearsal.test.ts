// What a rehearsal on demand leaves for later starts: one on a target that is not there, which always fails.
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fingerprintOf } from "../../../stacks/rehearsal/fingerprint.ts";
import { type Rehearsal, startRehearsal } from "../../../stacks/rehearsal/rehearsal.ts";
import type { RehearsalParts } from "../../../stacks/rehearsal/rehearse.ts";

let dataDir: string;
let rehearsal: Rehearsal | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "berth-rehearsal-"));
});
afterEach(async () => {
  await rehearsal?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it("that fails takes back that one before has passed", async () => {
  const settings = { dataDir, places: [{ target: "none", region: null }] };
  const parts = { settings, environment: {} } as unknown as RehearsalParts;
  const mark = join(dataDir, "rehearsal-passed");
  await writeFile(mark, fingerprintOf(parts));
  rehearsal = startRehearsal(parts, pino({ level: "silent" }));
  await expect.poll(() => rehearsal?.problem).toBeUndefined();
  expect(existsSync(mark)).toBe(true);

  expect(await rehearsal.again()).toContain("none");
  expect(existsSync(mark)).toBe(false);
});
