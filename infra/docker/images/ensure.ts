// The assistant's image: there already, pulled, or, for the default OpenClaw release where its registry can't be
// reached, built from the same release on npm, once, under the very name that the program asks for.
import Docker from "dockerode";
import { parseImageReference } from "../../assistant/image-reference.ts";
import { DEFAULT_ASSISTANT_IMAGE } from "../../assistant/openclaw.ts";
import type { RegistryLogins } from "../../target.ts";
import { hasApt } from "../../toolchain/apt.ts";
import { cacheFolder, exclusively } from "../../toolchain/cache.ts";
import { type Report, SetupError, say, step } from "../../toolchain/progress.ts";
import { buildOpenclawImage } from "./build-openclaw.ts";
import { type PullEvent, pullImage } from "./pull.ts";

/** @throws SetupError when the image is neither there nor can be had. */
export async function ensureAssistantImage(
  image: string,
  { environment, logins }: { readonly environment: NodeJS.ProcessEnv; readonly logins: RegistryLogins },
): Promise<"present" | "pulled" | "built"> {
  const docker = new Docker();
  if (await hasImage(docker, image)) return "present";
  const cache = await cacheFolder(environment);
  return exclusively(cache, "assistant-image", async () => {
    if (await hasImage(docker, image)) return "present";
    const refusal = await pull(image, logins);
    if (refusal === undefined) return "pulled";
    if (image !== DEFAULT_ASSISTANT_IMAGE || !(await hasApt())) {
      const advice = `Check BERTH_ASSISTANT_IMAGE, the engine's access to that registry and, if it is private, docker login; or pull it by hand: docker pull ${image}`;
      throw new SetupError(`Pulling ${image}`, refusal, advice);
    }
    say(`${image} can't be pulled (${refusal}): making the same release from npm`);
    await buildOpenclawImage(docker, image, cache, environment);
    return "built";
  });
}

async function hasImage(docker: Docker, image: string): Promise<boolean> {
  return docker
    .getImage(image)
    .inspect()
    .then(
      () => true,
      (error: { statusCode?: number }) => {
        if (error.statusCode === 404) return false;
        throw error;
      },
    );
}

/** Why it can't be pulled; undefined when it was. */
async function pull(image: string, logins: RegistryLogins): Promise<string | undefined> {
  return step(`Pulling ${image}`, async (report) => {
    const reference = parseImageReference(image);
    if (!reference) throw new Error(`"${image}" is no image reference.`);
    await pullImage(reference, { logins, onProgress: layerProgress(report) });
    return undefined;
  }).catch((error: Error) => error.message);
}

/** Sums up the layers. The total grows as the engine gets to know of more. */
function layerProgress(report: Report): (event: PullEvent) => void {
  const layers = new Map<string, { current: number; total: number }>();
  const megabytes = (which: "current" | "total") =>
    Math.round([...layers.values()].reduce((sum, layer) => sum + layer[which], 0) / 1e6);
  return ({ id, progressDetail: { current, total } = {} }) => {
    if (!id || current === undefined || total === undefined) return;
    layers.set(id, { current, total });
    report(`${megabytes("current")} of ${megabytes("total")} MB`);
  };
}
