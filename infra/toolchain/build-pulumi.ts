// The Pulumi CLI from its Go module, pinned by go.mod and go.sum: for networks that reach package registries only.
import { fileURLToPath } from "node:url";
import { goBuild } from "./go-build.ts";

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
  const build = {
    what: `Building Pulumi ${version} from its Go module`,
    advice: ADVICE,
    module: GO_MODULE,
    packages: [CLI],
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}` },
  };
  await goBuild(build, folder, inherited);
}
