// The assistant's image: there already, pulled, or, for the default OpenClaw release where its registry can't be
// reached, built from the same release on npm, once, under the very name that the program asks for.
import Docker from "dockerode";
import { DEFAULT_ASSISTANT_IMAGE } from "../openclaw.ts";
import { hasApt } from "./apt.ts";
import { cacheFolder, exclusively } from "./cache.ts";
import { buildOpenclawImage } from "./openclaw-image.ts";
import { type Report, SetupError, say, step } from "./progress.ts";

/** @throws SetupError when the image is neither there nor can be had. */
export async function ensureAssistantImage(
  image: string,
  { environment }: { readonly environment: NodeJS.ProcessEnv },
): Promise<"present" | "pulled" | "built"> {
  const docker = new Docker();
  if (await hasImage(docker, image)) return "present";
  const cache = await cacheFolder(environment);
  return exclusively(cache, "assistant-image", async () => {
    if (await hasImage(docker, image)) return "present";
    const refusal = await pull(docker, image);
    if (refusal === undefined) return "pulled";
    if (image !== DEFAULT_ASSISTANT_IMAGE || !(await hasApt())) {
      const advice = `Check BERTH_ASSISTANT_IMAGE and the engine's access to that registry, or pull it by hand: docker pull ${image}`;
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
async function pull(docker: Docker, image: string): Promise<string | undefined> {
  return step(`Pulling ${image}`, async (report) => {
    const stream = await docker.pull(image);
    await new Promise<void>((resolve, reject) => {
      const onDone = (error: Error | null) => (error ? reject(error) : resolve());
      docker.modem.followProgress(stream, onDone, layerProgress(report));
    });
    return undefined;
  }).catch((error: EngineError) => error.json?.message ?? error.message);
}

/** dockerode keeps the engine's own words apart from the HTTP status. */
interface EngineError extends Error {
  readonly json?: { readonly message?: string };
}

interface PullEvent {
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
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
