// The Pulumi CLI from its Go module, pinned by go.mod and go.sum: for networks that reach package registries only.
import { copyFile, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError, stepWithAdvice } from "./progress.ts";
import { run } from "./run.ts";
import { which } from "./search-path.ts";

const GO_MODULE = fileURLToPath(new URL("./pulumi-cli", import.meta.url));
const CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const ADVICE =
  "Install the Pulumi CLI (https://www.pulumi.com/docs/install/), or Go 1.26 or newer, and run this again.";

/** Makes `<folder>/pulumi`. What an interrupted build has compiled is kept by Go itself. @throws SetupError */
export async function buildPulumi(
  version: string,
  folder: string,
  inherited: NodeJS.ProcessEnv,
): Promise<void> {
  const what = `Building Pulumi ${version} from its Go module`;
  if (!(await which("go", inherited))) {
    const why = "Pulumi's download site can't be reached, and there is no Go compiler on PATH to build with.";
    throw new SetupError(what, why, ADVICE);
  }
  // Whatever the user has set for modules of their own must not reach this build.
  const environment = { ...inherited, GOFLAGS: "", GOWORK: "off" };
  await stepWithAdvice(what, ADVICE, async (report) => {
    const cwd = join(folder, "source");
    await mkdir(cwd);
    for (const name of ["go.mod", "go.sum"]) await copyFile(join(GO_MODULE, name), join(cwd, name));
    let modules = 0;
    const onLine = (line: string) => {
      if (line.startsWith("go: downloading")) report(`${++modules} modules fetched`);
    };
    const packages = (await run("go", ["list", "-deps", CLI], { cwd, environment, onLine })).split(
      "\n",
    ).length;
    let compiled = 0;
    const onPackage = () => report(`${++compiled} of ${packages} packages compiled`);
    await run("go", buildArguments(version, join(folder, "pulumi")), { cwd, environment, onLine: onPackage });
    await flush(join(folder, "pulumi"));
  });
}

function buildArguments(version: string, output: string): string[] {
  const variable = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  return [
    "build",
    "-v",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w -X ${variable}`,
    "-o",
    output,
    CLI,
  ];
}

/** A power cut after the folder's rename must not leave an empty program in the cache. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync();
  await file.close();
}
