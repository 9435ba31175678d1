// What takes the place of a file is on the disk before it has that file's name: a power cut between the two would leave an
// empty file. No test can cut the power, so the calls to the file system are recorded; they are carried out as well.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { secretsFile, writeSecretsFile } from "../../../infra/docker/secrets-file.ts";
import { mendStateFiles } from "../../../stacks/pulumi/state-files.ts";

const { steps } = vi.hoisted(() => ({ steps: [] as string[] }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return {
    ...real,
    async writeFile(file: string, text: string, options?: { flush?: boolean }) {
      await real.writeFile(file, text, options);
      steps.push(`${basename(file)} ${options?.flush ? "flushed" : "written"}`);
    },
    async rename(from: string, to: string) {
      await real.rename(from, to);
      steps.push(`${basename(from)} -> ${basename(to)}`);
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), "berth-flushed-"));
afterEach(() => {
  steps.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

it("an assistant's secrets, which only Berth can read", async () => {
  const place = { dataDir: folder, deploymentId: "one" };
  await writeSecretsFile(place, "first");
  await writeSecretsFile(place, "second");
  const unfinished = `one.json.${process.pid}.tmp`;
  const once = [`${unfinished} flushed`, `${unfinished} -> one.json`];
  expect(steps).toEqual([...once, ...once]);
  expect(readFileSync(secretsFile(place), "utf8")).toBe("second");
  expect(statSync(secretsFile(place)).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, "secrets"))).toEqual(["one.json"]);
});

it("a state that is put back from its copy", async () => {
  const stacks = join(folder, ".pulumi/stacks/berth");
  mkdirSync(stacks, { recursive: true });
  writeFileSync(join(stacks, "one.json"), '{"version":3,"chec');
  writeFileSync(join(stacks, "one.json.bak"), '{"version":3}');
  expect(await mendStateFiles(folder, "one")).toBe(true);
  expect(steps).toEqual(["one.json.tmp flushed", "one.json.tmp -> one.json"]);
  expect(readFileSync(join(stacks, "one.json"), "utf8")).toBe('{"version":3}');
});
