// Sees to it that new assistants find their image's compiled code, and that no cache is kept for nobody.
import type { Logger } from "pino";
import { makeCodeCache } from "../../../infra/docker/code-cache/make.ts";
import { removeLeftCodeCaches } from "../../../infra/docker/code-cache/remove.ts";
import { regularly } from "../../async.ts";
import type { StackSettings } from "../../settings.ts";

/** The image's name may mean another one by now. */
const LOOK_EVERY_MS = 60_000;
const REST_MS = 3_600_000;

/**
 * Makes the cache of the installation's image in the background, and again if the image is another one or the cache is
 * gone. Assistants start without it, too, so a failure is only logged. The returned function ends that, at once.
 */
export function keepCodeCache(
  { assistantImage, memoryMib, runtime }: Pick<StackSettings, "assistantImage" | "memoryMib" | "runtime">,
  log: Logger,
): () => Promise<void> {
  let restsUntil = 0;
  return regularly(LOOK_EVERY_MS, async (signal) => {
    if (signal.aborted || performance.now() < restsUntil) return;
    try {
      await removeLeftCodeCaches(assistantImage);
      const isMade = await makeCodeCache(assistantImage, { memoryMib, runtime, signal });
      if (isMade) log.info({ image: assistantImage }, "the image's compiled code is kept for its assistants");
    } catch (error) {
      if (signal.aborted) return;
      restsUntil = performance.now() + REST_MS;
      log.warn({ err: error }, "no cache of the image's compiled code was made: assistants start without it");
    }
  });
}
