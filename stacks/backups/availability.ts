// Where Berth makes backups: on Docker everywhere, on AWS where the region's foundation has a bucket for them.
import { sql as raw } from "kysely";
import type { Deployment } from "../deployments/deployments.ts";
import { livesOn } from "../deployments/regions.ts";
import { BerthError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";

type Places = Pick<StackSettings, "foundations">;
type Placed = Pick<Deployment, "region">;

export function hasBackups({ foundations }: Places, deployment: Placed): boolean {
  const foundation = foundations.find((one) => livesOn(one, { foundations }, deployment));
  return !foundation || foundation.transfer !== undefined;
}

/** @throws BerthError INVALID_STATE where there are none, with what to do */
export function requireBackups(settings: Places, deployment: Pick<Deployment, "region" | "status">): void {
  if (hasBackups(settings, deployment)) return;
  throw new BerthError(
    "INVALID_STATE",
    "The region's foundation was made before there were backups on AWS. The operator has to run `npm run berth -- aws up` there, and to start Berth anew.",
    { currentState: deployment.status, allowedStates: [] },
  );
}

/** Regions where there are none. */
export function regionsWithoutBackups({ foundations }: Places): string[] {
  return foundations.flatMap(({ region, transfer }) => (transfer ? [] : region));
}

/** Of a deployment's row: whether it lives where there are backups. */
export function livesWhereBackedUp(settings: Places) {
  const first = settings.foundations[0]?.region ?? "";
  return raw<boolean>`coalesce(region, ${first}) <> all(${regionsWithoutBackups(settings)}::text[])`;
}
