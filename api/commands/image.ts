// `npm run -s berth -- image`: makes the image of Berth itself, for docs/examples/compose.yaml.
import Docker from "dockerode";
import { buildBerthImage } from "../../infra/docker/images/build-berth.ts";
import { needsOf, targetsOf } from "../../infra/targets.ts";
import { setUp } from "../../infra/toolchain/setup.ts";
import type { Config } from "../config/config.ts";
import { VERSION } from "../contract/version.ts";
import { buildDashboard } from "../web-build.ts";

/** Prints its name. @throws SetupError, or Error with the engine's words */
export async function makeImage({ environment, places }: Config, image = `berth:${VERSION}`): Promise<void> {
  const toolchain = await setUp({
    environment,
    needs: needsOf([...new Set(["docker", ...targetsOf(places)])]),
  });
  const dashboard = await buildDashboard(environment);
  await buildBerthImage(new Docker(), image, { toolchain, dashboard, environment });
  console.log(image);
}
