// Pulumi's official provider of Kubernetes from its Go module: for networks that reach package registries only. The
// module's own program embeds two files that the module lacks; Berth's main embeds what they are made of.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { goBuild } from "./go-build.ts";
import { run } from "./run.ts";

const GO_MODULE = fileURLToPath(new URL("./kubernetes-plugin", import.meta.url));
const PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4";
const ADVICE =
  "Install it where Pulumi's site can be reached (pulumi plugin install resource kubernetes), or Go 1.26 or newer, and run this again.";

/** Makes `<folder>/pulumi-resource-kubernetes`, which says that it is of that version. @throws SetupError */
export async function buildKubernetesPlugin(
  version: string,
  folder: string,
  inherited: NodeJS.ProcessEnv,
): Promise<void> {
  const build = {
    what: `Building Pulumi's plugin kubernetes ${version} from its Go module`,
    advice: ADVICE,
    module: GO_MODULE,
    packages: ["."],
    variables: { [`${PROVIDER}/pkg/version.Version`]: version },
    prepare: (source: string, environment: NodeJS.ProcessEnv) => embed(version, source, environment),
  };
  await goBuild(build, folder, inherited);
}

async function embed(version: string, cwd: string, environment: NodeJS.ProcessEnv): Promise<void> {
  await run("go", ["mod", "download", PROVIDER], { cwd, environment });
  const module = await run("go", ["list", "-m", "-f", "{{.Dir}}", PROVIDER], { cwd, environment });
  const from = join(module.trim(), "cmd/pulumi-resource-kubernetes");
  const schema: object = JSON.parse(await readFile(join(from, "schema.json"), "utf8"));
  await writeFile(join(cwd, "schema.json"), JSON.stringify({ ...schema, version }));
  await copyFile(join(from, "terraform-mapping.json"), join(cwd, "terraform-mapping.json"));
}
