// `npm test`: sets up what is missing, runs every check and every test and ends with one line: N passed, N failed.
// `npm run test:faults` does so with the fault matrix, which `npm test` has only a few rows of, `npm run test:conversation`
// with the conversations, of which it has one, `npm run test:cluster` with those on a real Kubernetes cluster, and
// `npm run test:explore` with the tests that generate what they try, by another seed in each run.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_ASSISTANT_IMAGE } from "../infra/assistant/openclaw.ts";
import { ensureAssistantImage } from "../infra/docker/images/ensure.ts";
import { needsOf } from "../infra/targets.ts";
import { printFailure, say, step } from "../infra/toolchain/progress.ts";
import { npmProgram, setUp, type Toolchain } from "../infra/toolchain/setup.ts";
import { type CheckResults, runChecks } from "./checks/checks.ts";
import { type Verdict, verdictOf } from "./results.ts";
import { ensureChromium } from "./support/chromium.ts";
import { ensureParts } from "./support/cluster/parts.ts";
import { PULUMI_VERSION_VARIABLE } from "./support/pulumi-version.ts";
import { NO_LOGINS } from "./support/registry.ts";
import { drawSeed, readSeed, SEED_VARIABLE } from "./support/seed.ts";
import { ensureTinyImages } from "./support/tiny-image.ts";
import { folderInMemory, PICTURES_VARIABLE } from "./temporary.ts";

/** Too long for `npm test`; each is a folder. */
const SUITES = ["faults", "conversation", "cluster"] as const;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SEED_OPTION = "--seed=";

/** To a cluster deployments move from Docker. */
const TARGETS = { docker: ["docker"], kubernetes: ["kubernetes", "docker"] } as const;

const NO_CHECKS: CheckResults = { passed: 0, failed: 0, broken: [] };

interface Wanted {
  readonly config: string;
  /** Whose parts the tests need. */
  readonly target: "docker" | "kubernetes";
  /** Whether it is everything: then the checks are made, too, each counted as one. */
  readonly isWhole: boolean;
  /** Whether what it makes fits into memory. */
  readonly isSmall: boolean;
  /** None but for what explores: everything else has the fixed one. */
  readonly seed: number | undefined;
  /** For vitest. */
  readonly options: readonly string[];
}

try {
  const wanted = readArguments(process.argv.slice(2));
  if (wanted.seed !== undefined) say(`exploring with seed ${wanted.seed}`);
  const toolchain = await setUp({ environment: process.env, needs: needsOf(TARGETS[wanted.target]) });
  await (wanted.target === "docker" ? ensureForDocker() : ensureParts(toolchain.cache, process.env));
  const checks = wanted.isWhole ? await step("Checking the source", () => runChecks()) : NO_CHECKS;
  const tests = await runVitest(toolchain, wanted);
  for (const sentence of [...checks.broken, ...tests.broken]) console.log(sentence);
  const [passed, failed] = [checks.passed + tests.passed, checks.failed + tests.failed];
  if (failed > 0 && wanted.seed !== undefined)
    console.log(`To repeat exactly what was found: ${repeat(wanted.seed, wanted.options)}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  printFailure(error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}

async function ensureForDocker(): Promise<void> {
  await ensureChromium(process.env);
  await step("Making the tiny test images", () => ensureTinyImages());
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment: process.env, logins: NO_LOGINS });
}

/** @throws Error when a seed is given that is none */
function readArguments(args: readonly string[]): Wanted {
  const [kind, ...rest] = args;
  const suite = SUITES.find((name) => kind === `--${name}`);
  if (suite) {
    const target = suite === "cluster" ? "kubernetes" : "docker";
    return {
      config: `test/${suite}/vitest.config.ts`,
      target,
      isWhole: false,
      isSmall: false,
      seed: undefined,
      options: rest,
    };
  }
  if (kind !== "--explore") {
    return {
      config: "test/vitest.config.ts",
      target: "docker",
      isWhole: args.length === 0,
      isSmall: true,
      seed: undefined,
      options: args,
    };
  }
  const given = rest.find((arg) => arg.startsWith(SEED_OPTION))?.slice(SEED_OPTION.length);
  const options = rest.filter((arg) => !arg.startsWith(SEED_OPTION));
  return {
    config: "test/explore.config.ts",
    target: "docker",
    isWhole: false,
    isSmall: true,
    seed: given === undefined ? drawSeed() : readSeed(given),
    options,
  };
}

function repeat(seed: number, options: readonly string[]): string {
  const quoted = options.map((option) => (/^[\w./:=-]+$/.test(option) ? option : `'${option}'`));
  return ["npm run test:explore --", `${SEED_OPTION}${seed}`, ...quoted].join(" ");
}

async function runVitest(
  { searchPath, pulumi }: Toolchain,
  { config, isSmall, seed, options }: Wanted,
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "berth-results-"));
  const file = join(folder, "results.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { [SEED_VARIABLE]: _, ...environment } = process.env;
  const temporary = isSmall ? await folderInMemory() : undefined;
  try {
    const vitest = spawn(npmProgram("vitest"), ["run", ...reporters, "--config", config, ...options], {
      stdio: "inherit",
      env: {
        ...environment,
        ...(seed !== undefined && { [SEED_VARIABLE]: String(seed) }),
        [PULUMI_VERSION_VARIABLE]: pulumi.version,
        [PICTURES_VARIABLE]: join(tmpdir(), "berth-pictures"),
        ...(temporary && { TMPDIR: temporary }),
        PATH: searchPath,
      },
    });
    // Left alone, the tests would go on after the command was ended.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => vitest.kill(signal));
    const exit = await new Promise<Parameters<typeof verdictOf>[0]>((resolve, reject) => {
      vitest.once("error", reject).once("exit", (code, signal) => resolve({ code, signal }));
    });
    return verdictOf(exit, await readFile(file, "utf8").catch(() => undefined), ROOT);
  } finally {
    // Programs of tests that were ended may still be writing there.
    for (const one of [folder, temporary])
      if (one) await rm(one, { recursive: true, force: true, maxRetries: 10 });
  }
}
