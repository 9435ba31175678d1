// Schemathesis, which makes calls of an OpenAPI document and judges the answers. Installed once into Berth's cache.
import { execFile, execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached, cacheFolder } from "../../infra/toolchain/cache.ts";
import { run } from "../../infra/toolchain/run.ts";

const VERSION = "4.32.5";
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

export interface Fuzzing {
  readonly url: string;
  readonly apiKey: string;
  readonly seed: number;
  readonly maxExamples: number;
  /** What stands for the parameters of a path, by its call, e.g. `GET /api/v1/keys/{id}`. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where its settings are written. */
  readonly folder: string;
}

/** Whether this machine has a Python that it runs on. */
export function hasPython(): boolean {
  try {
    execFileSync("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]);
    return true;
  } catch {
    return false;
  }
}

/** How many calls were made, and the whole report. Not ok when an answer was a fault or not as documented. */
export async function fuzz(fuzzing: Fuzzing): Promise<{ ok: boolean; calls: number; report: string }> {
  const python = await install();
  const config = join(fuzzing.folder, "schemathesis.toml");
  await writeFile(config, settings(fuzzing), { mode: 0o600 });
  const args = [
    ...["-m", "schemathesis.cli", "--config-file", config, "run", `${fuzzing.url}/api/openapi`],
    ...["--checks", CHECKS.join(","), "--phases", "examples,coverage,fuzzing", "--continue-on-failure"],
    ...["--max-examples", String(fuzzing.maxExamples), "--seed", String(fuzzing.seed)],
    ...["--no-color", "--warnings", "off", "--workers", "2", "--generation-database", "none"],
  ];
  return new Promise((resolve) => {
    execFile(python, args, { cwd: fuzzing.folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const report = stdout + stderr;
      resolve({ ok: error === null, calls: Number(/(\d+) generated/.exec(report)?.[1] ?? 0), report });
    });
  });
}

async function install(): Promise<string> {
  const folder = await cached(
    await cacheFolder(process.env),
    `schemathesis-${VERSION}`,
    async (unfinished) => {
      await run("python3", ["-m", "venv", unfinished]);
      const python = join(unfinished, "bin/python");
      await run(python, ["-m", "pip", "install", "--quiet", `schemathesis==${VERSION}`]);
    },
  );
  return join(folder, "bin/python");
}

function settings({ apiKey, parameters }: Fuzzing): string {
  const calls = Object.entries(parameters).map(([call, values]) => {
    const pairs = Object.entries(values).map(([name, value]) => `"path.${name}" = "${value}"`);
    return `[[operations]]\ninclude-name = "${call}"\nparameters = { ${pairs.join(", ")} }\n`;
  });
  return [`headers = { "X-API-Key" = "${apiKey}" }\n`, ...calls].join("\n");
}
