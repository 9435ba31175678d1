// Removes images that were pulled for deployments once no deployment has needed them for a day: customers may name any tag of
// an allowed repository, and each takes some 2 GB.
import type { Logger } from "pino";
import { removeImage } from "../../../infra/docker/images/remove.ts";
import { regularly } from "../../async.ts";
import { SteadyClock } from "../../clock.ts";
import type { Sql } from "../../database/database.ts";
import { databaseTime } from "../../database/recent.ts";
import { forgetPull, listUnneeded } from "../../deployments/pulled-images.ts";
import type { StackSettings } from "../../settings.ts";

const LOOK_EVERY_MS = 30 * 60_000;

export interface UnusedParts {
  readonly sql: Sql;
  readonly settings: Pick<StackSettings, "assistantImage">;
  readonly log: Logger;
}

/** Looks every half hour, once the clock has gone steadily. The returned function ends that. */
export function removeUnusedRegularly(parts: UnusedParts): () => Promise<void> {
  const clock = new SteadyClock();
  return regularly(LOOK_EVERY_MS, () =>
    removeOnce(parts, clock).catch((error: unknown) =>
      parts.log.error({ err: error }, "removing images that no deployment needs failed"),
    ),
  );
}

/** A registry may not have any more what a clock that was wrong made unneeded for long. */
async function removeOnce(parts: UnusedParts, clock: SteadyClock): Promise<void> {
  if (clock.isSteady(await databaseTime(parts.sql))) await removeUnused(parts);
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
