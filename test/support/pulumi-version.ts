// The CLI's version, which the CLI takes a third of a second of CPU to say: the runner, which knows it, hands it on.
import { execFileSync } from "node:child_process";

export const PULUMI_VERSION_VARIABLE = "BERTH_TEST_PULUMI_VERSION";

/** Without the runner the CLI is asked. */
export function pulumiVersion(path: string): string {
  return process.env[PULUMI_VERSION_VARIABLE] ?? askFor(path);
}

function askFor(path: string): string {
  return execFileSync(path, ["version"], { encoding: "utf8" }).trim().replace(/^v/, "");
}
