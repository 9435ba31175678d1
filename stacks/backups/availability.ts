// Where Berth makes backups: not every place of an installation need have what they take.
import { sql as raw } from "kysely";
import { capabilitiesOf } from "../../infra/targets.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { livesIn, type Regional } from "../deployments/regions.ts";
import { BerthError } from "../errors.ts";

type Placed = Pick<Deployment, "region">;

/** In a region that is not served any more nothing is known to stand in the way; there the operation itself is refused. */
function backupsOf({ places }: Regional, deployment: Placed) {
  const place = places.find((one) => livesIn(one, { places }, deployment));
  return place ? capabilitiesOf(place).backups : true;
}

export function hasBackups(settings: Regional, deployment: Placed): boolean {
  return backupsOf(settings, deployment) === true;
}

/** The sentence by which backups of it are refused; undefined where there are backups. */
export function whyNoBackups(settings: Regional, deployment: Placed): string | undefined {
  const backups = backupsOf(settings, deployment);
  return backups === true ? undefined : backups.advice;
}

/** @throws BerthError INVALID_STATE where there are none, with what to do */
export function requireBackups(settings: Regional, deployment: Pick<Deployment, "region" | "status">): void {
  const refused = whyNoBackups(settings, deployment);
  if (refused === undefined) return;
  throw new BerthError("INVALID_STATE", refused, { currentState: deployment.status, allowedStates: [] });
}

/** Places where there are none, and what the operator can do about it. */
export function placesWithoutBackups({ places }: Regional): { region: string | null; advice: string }[] {
  return places.flatMap((place) => {
    const { backups } = capabilitiesOf(place);
    return backups === true ? [] : { region: place.region, advice: backups.advice };
  });
}

/** Of a deployment's row: whether it lives where there are backups. */
export function livesWhereBackedUp(settings: Regional) {
  const first = settings.places[0]?.region ?? "";
  const without = placesWithoutBackups(settings).map(({ region }) => region ?? "");
  return raw<boolean>`coalesce(region, ${first}) <> all(${without}::text[])`;
}
