// Which deployments have another image than an upgrade would bring them to. An engine is asked once for each image in use, not
// once for each deployment.
import { sql as raw } from "kysely";
import { someAtOnce } from "../async.ts";
import type { Sql } from "../database/database.ts";
import { currentPin, type Images, wantedImage } from "./images.ts";
import type { Regional } from "./regions.ts";

const ASKED_AT_ONCE = 4;

/**
 * Of a row of `deployments`: it is behind, and was not rolled back from the very image.
 * @throws Error when an engine does not answer
 */
export async function isBehind(sql: Sql, settings: Images & Regional) {
  const inUse = await sql
    .selectFrom("deployments")
    .distinctOn(["target", "region", "image", "pinned_image"])
    .select(["id", "target", "region", "image", "pinned_image"])
    .where("pinned_image", "is not", null)
    .where("status", "<>", "deleted")
    .execute();
  const found = await someAtOnce(inUse, ASKED_AT_ONCE, async (one) => ({
    ...one,
    latest: await currentPin(settings, one, wantedImage(settings, one)),
  }));
  const behind = found.filter(({ latest, pinned_image }) => latest !== undefined && latest !== pinned_image);
  if (behind.length === 0) return raw<boolean>`false`;
  const each = behind.map(
    ({
      target,
      region,
      image,
      pinned_image,
      latest,
    }) => raw`(deployments.target is not distinct from ${target}
      and deployments.region is not distinct from ${region}
      and deployments.image is not distinct from ${image} and deployments.pinned_image = ${pinned_image}
      and deployments.rolled_back_from is distinct from ${latest})`,
  );
  return raw<boolean>`(${raw.join(each, raw` or `)})`;
}

export type Condition = Awaited<ReturnType<typeof isBehind>>;
