// Where Berth makes backups: not every place of an installation need have what they take.
import { sql as raw } from "kysely";
import { capabilitiesOf } from "../../infra/targets.ts";
import type { Deployment } from "../deployments/deployments.ts";
import { firstTarget, livesIn, type PlaceRecord, type Regional } from "../deployments/regions.ts";
import { BerthError } from "../errors.ts";

/** In a region that is not served any more nothing is known to stand in the way; there the operation itself is refused. */
function backupsOf(settings: Regional, deployment: PlaceRecord) {
  const place = settings.places.find((one) => livesIn(one, settings, deployment));
  return place ? capabilitiesOf(place).backups : true;
}

export function hasBackups(settings: Regional, deployment: PlaceRecord): boolean {
  return backupsOf(settings, deployment) === true;
}

/** The sentence by which backups of it are refused; undefined where there are backups. */
export function whyNoBackups(settings: Regional, deployment: PlaceRecord): string | undefined {
  const backups = backupsOf(settings, deployment);
  return backups === true ? undefined : backups.advice;
}

/** @throws BerthError INVALID_STATE where there are none, with what to do */
export function requireBackups(
  settings: Regional,
  deployment: PlaceRecord & Pick<Deployment, "status">,
): void {
  const refused = whyNoBackups(settings, deployment);
  if (refused === undefined) return;
  throw new BerthError("INVALID_STATE", refused, { currentState: deployment.status, allowedStates: [] });
}

/** Places where there are none, and what the operator can do about it. */
export function placesWithoutBackups({ places }: Regional) {
  return places.flatMap((place) => {
    const { backups } = capabilitiesOf(place);
    return backups === true ? [] : { place, region: place.region, advice: backups.advice };
  });
}

/** Of a deployment's row: whether it lives where there are backups. */
export function livesWhereBackedUp(settings: Regional) {
  const without = placesWithoutBackups(settings).map(({ place: { target, region } }) => {
    const first = settings.places.find((one) => one.target === target)?.region;
    return raw`(coalesce(target, ${firstTarget(settings)}) = ${target}
      and coalesce(region, ${first ?? ""}) = ${region ?? ""})`;
  });
  return without.length === 0 ? raw<boolean>`true` : raw<boolean>`not (${raw.join(without, raw` or `)})`;
}
