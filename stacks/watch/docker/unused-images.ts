// Removes images that were pulled for deployments once no deployment has needed them for a day: customers may name any tag of
// an allowed repository, and each takes some 2 GB.
import type { Logger } from "pino";
import { removeImage } from "../../../infra/docker/images/remove.ts";
import { regularly } from "../../async.ts";
import type { Sql } from "../../database/database.ts";
import { forgetPull, listUnneeded } from "../../deployments/pulled-images.ts";
import type { StackSettings } from "../../settings.ts";

const LOOK_EVERY_MS = 30 * 60_000;

export interface UnusedParts {
  readonly sql: Sql;
  readonly settings: Pick<StackSettings, "assistantImage">;
  readonly log: Logger;
}

/** Looks now and every half hour. The returned function ends that. */
export function removeUnusedRegularly(parts: UnusedParts): () => Promise<void> {
  return regularly(LOOK_EVERY_MS, () =>
    removeUnused(parts).catch((error: unknown) =>
      parts.log.error({ err: error }, "removing images that no deployment needs failed"),
    ),
  );
}

/** @throws Error of the database or the engine */
export async function removeUnused({ sql, settings, log }: UnusedParts): Promise<void> {
  for (const { pin, reference } of await listUnneeded(sql)) {
    const what = await removeImage({ pin, reference, kept: [settings.assistantImage] });
    if (what !== "kept") await forgetPull(sql, pin);
    if (what === "removed")
      log.info({ image: reference, pin }, "an image that no deployment needs was removed");
  }
}
