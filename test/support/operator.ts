// The operator's own `pulumi`, as docs/operating.md has it: after `eval "$(npm run -s berth -- env)"`.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestBerth } from "./berth.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAX_OUTPUT = 32 * 1024 * 1024;

/** What the exports make of an environment: the same for the life of a Berth, and it takes seconds to be asked for. */
const asked = new WeakMap<Record<string, string>, Promise<Record<string, string>>>();

/** Runs a script of bash with the exports of `berth env`. @returns what it prints */
export async function asOperator({ environment }: Pick<TestBerth, "environment">, script: string) {
  const exported = asked.get(environment) ?? withExports(environment);
  asked.set(environment, exported);
  return bash(script, await exported);
}

async function withExports(environment: Record<string, string>): Promise<Record<string, string>> {
  const printed = await bash('eval "$(npm run -s berth -- env)"\nenv -0', environment);
  const pairs = printed.split("\0").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}

async function bash(script: string, env: Record<string, string>): Promise<string> {
  const options = { cwd: ROOT, env, maxBuffer: MAX_OUTPUT };
  return (await promisify(execFile)("bash", ["-c", `set -e\n${script}`], options)).stdout;
}
