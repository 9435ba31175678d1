// Schemathesis, which makes calls of an OpenAPI document and judges the answers. Installed once into Berth's cache.
import { execFile, execFileSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached, cacheFolder } from "../../infra/toolchain/cache.ts";
import { run } from "../../infra/toolchain/run.ts";
import type { Exit } from "../results.ts";
import { type Ended, outcomeOf, parseReport, untilToolWorks } from "./schemathesis-outcome.ts";

/** What decides which calls a seed stands for. */
const VERSIONS = { schemathesis: "4.32.5", hypothesis: "6.170.17", "jsonschema-rs": "0.60.3" };
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

/** What stands for the parameters of a path, by its call, e.g. `GET /api/v1/keys/{id}`. */
export type Parameters = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Fuzzing {
  readonly url: string;
  readonly apiKey: string;
  readonly seed: number;
  /** Of `examples`, `coverage` and `fuzzing`, with commas. */
  readonly phases: string;
  readonly maxExamples: number;
  /** Called for each run: what one has used up is made anew for the next. */
  readonly parameters: () => Promise<Parameters>;
  /** Where its settings and its report are written. */
  readonly folder: string;
}

export interface Fuzzed extends Ended {
  /** How many calls were made. */
  readonly calls: number;
}

/** Whether this machine has a Python that it runs on. */
export function hasPython(): boolean {
  try {
    execFileSync("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"]);
    return true;
  } catch {
    return false;
  }
}

/** @throws ToolFailed when it fails itself, twice */
export async function fuzz(fuzzing: Fuzzing): Promise<Fuzzed> {
  const python = await install();
  return untilToolWorks(() => runOnce(python, fuzzing));
}

async function runOnce(python: string, fuzzing: Fuzzing): Promise<Fuzzed> {
  const config = join(fuzzing.folder, "schemathesis.toml");
  const report = join(fuzzing.folder, "report.json");
  await rm(report, { force: true });
  await writeFile(config, settings(fuzzing.apiKey, await fuzzing.parameters()), { mode: 0o600 });
  const args = [
    ...["-m", "schemathesis.cli", "--config-file", config, "run", `${fuzzing.url}/api/openapi`],
    ...["--checks", CHECKS.join(","), "--phases", fuzzing.phases, "--continue-on-failure"],
    // It has no end.
    ...["--exclude-operation-id", "accountEvents"],
    ...["--max-examples", String(fuzzing.maxExamples), "--seed", String(fuzzing.seed)],
    // One after another, and never given up for being slow: the same seed makes the same calls.
    ...["--workers", "1", "--suppress-health-check", "all", "--generation-database", "none"],
    ...["--report", "json", "--report-json-path", report, "--no-color", "--warnings", "off"],
  ];
  const { exit, text } = await execute(python, args, fuzzing.folder);
  const json = await readFile(report, "utf8").catch(() => undefined);
  return { exit, text, outcome: outcomeOf(exit, json), calls: parseReport(json)?.test_cases.generated ?? 0 };
}

/** Sets of its program come in the same order in every run. */
const ENVIRONMENT = { ...process.env, PYTHONHASHSEED: "0" };

function execute(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ exit: Exit; text: string }> {
  return new Promise((resolve) => {
    const options = { cwd, env: ENVIRONMENT, maxBuffer: 64 * 1024 * 1024 };
    let exit: Exit = { code: null, signal: null };
    const child = execFile(program, args, options, (_error, stdout, stderr) =>
      resolve({ exit, text: stdout + stderr }),
    );
    child.once("exit", (code, signal) => {
      exit = { code, signal };
    });
  });
}

async function install(): Promise<string> {
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}==${version}`);
  const folder = await cached(
    await cacheFolder(process.env),
    `schemathesis-${Object.values(VERSIONS).join("-")}`,
    async (unfinished) => {
      await run("python3", ["-m", "venv", unfinished]);
      await run(join(unfinished, "bin/python"), ["-m", "pip", "install", "--quiet", ...wanted]);
    },
  );
  return join(folder, "bin/python");
}

function settings(apiKey: string, parameters: Parameters): string {
  const calls = Object.entries(parameters).map(([call, values]) => {
    const pairs = Object.entries(values).map(([name, value]) => `"path.${name}" = "${value}"`);
    return `[[operations]]\ninclude-name = "${call}"\nparameters = { ${pairs.join(", ")} }\n`;
  });
  return [`headers = { "X-API-Key" = "${apiKey}" }\n`, ...calls].join("\n");
}
