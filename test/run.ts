// `npm test`: sets up what is missing, runs every test and ends with one line: N passed, N failed.
// `npm run test:faults` does so with the fault matrix, which `npm test` has only a few rows of, and
// `npm run test:conversation` with the conversations, of which it has one.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_ASSISTANT_IMAGE } from "../infra/openclaw.ts";
import { ensureAssistantImage } from "../infra/toolchain/assistant-image.ts";
import { printFailure, step } from "../infra/toolchain/progress.ts";
import { npmProgram, setUp } from "../infra/toolchain/setup.ts";
import { NO_LOGINS } from "./support/registry.ts";
import { ensureTinyImages } from "./support/tiny-image.ts";

/** Too long for `npm test`; each is a folder. */
const SUITES = ["faults", "conversation"] as const;

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

try {
  const toolchain = await setUp({ environment: process.env });
  await step("Making the tiny test images", () => ensureTinyImages());
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment: process.env, logins: NO_LOGINS });
  const args = process.argv.slice(2);
  const suite = SUITES.find((name) => args.includes(`--${name}`));
  const config = suite ? `test/${suite}/vitest.config.ts` : "test/vitest.config.ts";
  const options = ["--config", config, ...args.filter((arg) => arg !== `--${suite}`)];
  const { passed, failed } = await runVitest(toolchain.searchPath, options);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
} catch (error) {
  printFailure(error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}

async function runVitest(
  searchPath: string,
  options: readonly string[],
): Promise<{ passed: number; failed: number }> {
  const folder = await mkdtemp(join(tmpdir(), "berth-results-"));
  const file = join(folder, "results.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  try {
    const vitest = spawn(npmProgram("vitest"), ["run", ...reporters, ...options], {
      stdio: "inherit",
      env: { ...process.env, PATH: searchPath },
    });
    // Left alone, the tests would go on after the command was ended.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => vitest.kill(signal));
    const code = await new Promise<number | null>((resolve) => vitest.once("exit", resolve));
    const results = JSON.parse(await readFile(file, "utf8")) as Results;
    // A file that could not be loaded has no tests to count, and an error outside a test fails none of them.
    const broken = results.testResults.filter(
      ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
    );
    const failed = results.numFailedTests + broken.length;
    return { passed: results.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
