// Programs from Go modules, pinned by go.mod and go.sum: for networks that reach package registries only.
import { copyFile, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../sentences.ts";
import { SetupError, stepWithAdvice } from "./progress.ts";
import { run } from "./run.ts";
import { which } from "./search-path.ts";

export interface GoBuild {
  /** For the progress, e.g. `Building Pulumi 3.259.0 from its Go module`. */
  readonly what: string;
  readonly advice: string;
  /** Folder with go.mod and go.sum, and the source of a program that is Berth's own. */
  readonly module: string;
  /** Each becomes a program named as the last part of its path. */
  readonly packages: readonly string[];
  /** By their full names, set by the linker. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Without C: the programs run in an image that holds nothing else. */
  readonly isStatic?: boolean;
  /** Completes the copy of `module` that is built. */
  readonly prepare?: (source: string, environment: NodeJS.ProcessEnv) => Promise<void>;
}

/** Makes the programs in `folder`. What an interrupted build has compiled is kept by Go itself. @throws SetupError */
export async function goBuild(build: GoBuild, folder: string, inherited: NodeJS.ProcessEnv): Promise<void> {
  if (!(await which("go", inherited))) {
    const why = "it can't be downloaded here, and there is no Go compiler on PATH to build with.";
    throw new SetupError(build.what, why, build.advice);
  }
  // Whatever the user has set for modules of their own must not reach this build.
  const ours = { GOFLAGS: "", GOWORK: "off", ...(build.isStatic && { CGO_ENABLED: "0" }) };
  const environment = { ...inherited, ...ours };
  await stepWithAdvice(build.what, build.advice, async (report) => {
    const cwd = join(folder, "source");
    await mkdir(cwd);
    for (const name of await readdir(build.module)) await copyFile(join(build.module, name), join(cwd, name));
    await build.prepare?.(cwd, environment);
    let modules = 0;
    const onLine = (line: string) => {
      if (line.startsWith("go: downloading")) report(`${counted(++modules, "module")} fetched`);
    };
    const list = await run("go", ["list", "-deps", ...build.packages], { cwd, environment, onLine });
    const packages = list.split("\n").length;
    let compiled = 0;
    const onPackage = () => report(`${++compiled} of ${packages} packages compiled`);
    await run("go", buildArguments(build, `${folder}/`), { cwd, environment, onLine: onPackage });
    await flush(folder);
  });
}

function buildArguments({ packages, variables = {} }: GoBuild, output: string): string[] {
  const set = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ["-ldflags", ["-s -w", ...set].join(" ")];
  return ["build", "-v", "-trimpath", "-buildvcs=false", ...flags, "-o", output, ...packages];
}

/** A power cut after the folder's rename must not leave an empty program in the cache. */
async function flush(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = await open(join(folder, entry.name), "r+");
    await file.sync();
    await file.close();
  }
}
