// What claims a stack: what the process before left of itself is removed, and nothing of the process that claims.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { residentFolder } from "../../../infra/toolchain/resident/resident.ts";
import { claimStack, type UnfinishedAttempts } from "../../../stacks/pulumi/recovery.ts";

const UNFINISHED: UnfinishedAttempts = { lostHosts: [] };
const FORMER = "former-of-claim-stack";
const OWN = "own-of-claim-stack";

const workDir = mkdtempSync(join(tmpdir(), "berth-claim-stack-"));
afterEach(() => {
  for (const folder of [workDir, residentFolder(FORMER), residentFolder(OWN)])
    rmSync(folder, { recursive: true, force: true });
});

it("after an unfinished attempt the folder of its process is removed, and the own one stays", async () => {
  for (const mark of [FORMER, OWN]) mkdirSync(residentFolder(mark), { mode: 0o700 });
  await (await claimStack({ workDir }, undefined, FORMER)).release();
  await (await claimStack({ workDir }, UNFINISHED, OWN)).release();
  expect(existsSync(residentFolder(FORMER))).toBe(false);
  await (await claimStack({ workDir }, UNFINISHED, OWN)).release();
  expect(existsSync(residentFolder(OWN))).toBe(true);
});
