// The checks that need nothing but the source: `npm run check`, and `npm test` beside the tests.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { npmProgram } from "../../infra/toolchain/setup.ts";
import { ALLOWED_BREAKS } from "./allowed-breaks.ts";
import { compareWithLastRelease } from "./api-since-release.ts";

/** Resolves to what it has found, empty if all is well. */
type Check = () => Promise<string>;

const CHECKS: Readonly<Record<string, Check>> = {
  types: () => runProgram("tsc", ["--project", ".", "--pretty"]),
  "types of the dashboard": () => runProgram("tsc", ["--project", "api/web", "--pretty"]),
  "lint and format": () => runProgram("biome", ["check", "--error-on-warnings", "--colors=force"]),
  "dead code": () => runProgram("knip", ["--no-progress"]),
  "the API since the last release": async () => {
    const { release, found } = compareWithLastRelease(ALLOWED_BREAKS);
    return found.map((sentence) => `since ${release}: ${sentence}\n`).join("");
  },
};

export interface CheckResults {
  readonly passed: number;
  readonly failed: number;
  /** A sentence for each that failed; what it has found is printed already. */
  readonly broken: readonly string[];
}

/** All at once; prints what they find, one after another. */
export async function runChecks(checks = CHECKS): Promise<CheckResults> {
  const broken: string[] = [];
  const all = Object.entries(checks).map(async ([name, check]) => {
    return { name, found: await check().catch((error: Error) => `${error.message}\n`) };
  });
  for (const { name, found } of await Promise.all(all)) {
    if (found === "") continue;
    process.stdout.write(found);
    broken.push(`The check of ${name} has found something: see above.`);
  }
  return { passed: Object.keys(checks).length - broken.length, failed: broken.length, broken };
}

/** Its output, if it does not end with 0. */
async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(npmProgram(program), args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject).once("close", (code, signal) => resolve(code ?? signal));
  });
  const [end, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return end === 0 ? "" : `${output}${errors}${program} ended with ${end}\n`;
}
