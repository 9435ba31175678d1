// `npm run check`: types, then lint and format.
import { spawnSync } from "node:child_process";
import { npmProgram } from "../infra/toolchain/setup.ts";

const CHECKS = [
  ["tsc", "--project", "."],
  ["biome", "check", "--error-on-warnings"],
] as const;

for (const [program, ...args] of CHECKS) {
  const { status } = spawnSync(npmProgram(program), args, { stdio: "inherit" });
  if (status !== 0) {
    console.error(`${program} found something`);
    process.exit(1);
  }
}
console.log("types, lint and format: fine");
