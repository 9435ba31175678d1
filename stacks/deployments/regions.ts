// Which of the installation's regions a deployment lives in: chosen when it is bought, for its life.
import type { Capabilities, Place, Target } from "../../infra/target.ts";
import { capabilitiesOf, openTarget } from "../../infra/targets.ts";
import { BerthError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment } from "./deployments.ts";

export type Regional = Pick<StackSettings, "places">;
export type Placed = Pick<Deployment, "id" | "region">;

/** Those that slots can be bought in; none on a target without regions. */
export function regionsOf({ places }: Regional): string[] {
  return places.flatMap(({ region }) => region ?? []);
}

/**
 * The region of a new slot: the one asked for, or the first; null on a target that has none.
 * @throws BerthError INVALID_REQUEST when the installation does not have it
 */
export function regionForSlot(settings: Regional, wanted: string | undefined): string | null {
  const regions = regionsOf(settings);
  if (wanted === undefined) return regions[0] ?? null;
  if (regions.includes(wanted)) return wanted;
  const message = regions.length > 0 ? `available: ${regions.join(", ")}` : "not taken on this installation";
  throw new BerthError("INVALID_REQUEST", "The region is not available. No slot was created.", [
    { field: "region", message },
  ]);
}

/** Whether that is the place where a deployment lives. */
export function livesIn(place: Place, { places }: Regional, { region }: Pick<Placed, "region">): boolean {
  return region === null ? place === places[0] : place.region === region;
}

/**
 * Where a deployment lives.
 * @throws Error when the installation doesn't serve its region any more: there, all that it has would look removed
 */
export function placeOf({ places }: Regional, { id, region }: Placed): Place {
  const found = places.find((place) => livesIn(place, { places }, { region }));
  if (found) return found;
  throw new Error(
    `The deployment ${id} lives in ${region}, which this installation does not serve. Add ${region} to BERTH_AWS_REGION.`,
  );
}

/** What is where a deployment lives. @throws Error as placeOf */
export async function targetOf(settings: Regional, deployment: Placed): Promise<Target> {
  return openTarget(placeOf(settings, deployment));
}

/** Whether there is a place in this installation that can do that. */
export function offers({ places }: Regional, capability: Exclude<keyof Capabilities, "backups">): boolean {
  return places.some((place) => capabilitiesOf(place)[capability]);
}
