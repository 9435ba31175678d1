// Pulumi's own log of its calls: none in Berth's home of Pulumi. The CLI is the real one.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { keepNoLogs } from "../../../stacks/pulumi/no-logs.ts";

async function homes() {
  const folder = await mkdtemp(join(tmpdir(), "berth-no-logs-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const own = join(folder, "berth", "pulumi-home");
  const others = join(folder, "pulumi");
  for (const home of [own, others]) {
    await mkdir(join(home, "logs"), { recursive: true });
    await writeFile(join(home, "logs", "one.log"), "before");
  }
  const list = (home: string) =>
    execFileSync("pulumi", ["stack", "ls", "--all"], {
      encoding: "utf8",
      env: { ...process.env, PULUMI_HOME: home, PULUMI_BACKEND_URL: `file://${folder}` },
    });
  return { own, others, list };
}

it("Pulumi writes none, says nothing of it, and works as before", async () => {
  const { own, others, list } = await homes();
  await keepNoLogs(own);
  await keepNoLogs(own);
  const said = list(own);
  expect(await readFile(join(own, "logs"), "utf8")).toContain("Berth");
  expect(said).toBe(list(others));
  // What it would have written.
  expect((await readdir(join(others, "logs"))).length).toBeGreaterThan(1);
});

it("a home that is somebody else's stays as it is", async () => {
  const { others } = await homes();
  await keepNoLogs(others);
  expect(await readdir(join(others, "logs"))).toEqual(["one.log"]);
});
