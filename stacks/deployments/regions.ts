// Where a deployment lives: the target, and on AWS the region. Chosen when it is bought; a move to another target changes it.
import type { Capabilities, Place, Target } from "../../infra/target.ts";
import { capabilitiesOf, openTarget, targetsOf } from "../../infra/targets.ts";
import type { Sql } from "../database/database.ts";
import { BerthError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment } from "./deployments.ts";

export type Regional = Pick<StackSettings, "places">;
/** Of its record, what says where it lives. */
export type PlaceRecord = Pick<Deployment, "target" | "region">;
export type Placed = PlaceRecord & Pick<Deployment, "id">;

/** Those that slots can be bought in; none on a target without regions. */
export function regionsOf({ places }: Regional): string[] {
  return places.filter(({ target }) => target === places[0]?.target).flatMap(({ region }) => region ?? []);
}

/**
 * The place of a new slot, as records name it: on the first target, in the region asked for, or the first.
 * @throws BerthError INVALID_REQUEST when the installation does not have it
 */
export function placeForSlot(
  settings: Regional,
  wanted: string | undefined,
): { readonly target: string; readonly region: string | null } {
  const regions = regionsOf(settings);
  const target = firstTarget(settings);
  if (wanted === undefined) return { target, region: regions[0] ?? null };
  if (regions.includes(wanted)) return { target, region: wanted };
  const message = regions.length > 0 ? `available: ${regions.join(", ")}` : "not taken on this installation";
  throw new BerthError("INVALID_REQUEST", "The region is not available. No slot was created.", [
    { field: "region", message },
  ]);
}

/** Where new slots go. */
export function firstTarget({ places }: Regional): string {
  return places[0]?.target ?? "";
}

/** Whether that is the place where a deployment lives. */
export function livesIn(place: Place, settings: Regional, { target, region }: PlaceRecord): boolean {
  const name = target ?? firstTarget(settings);
  if (place.target !== name) return false;
  return region === null
    ? place === settings.places.find((one) => one.target === name)
    : place.region === region;
}

/**
 * Where a deployment lives.
 * @throws Error when the installation doesn't serve that any more: there, all that it has would look removed
 */
export function placeOf(settings: Regional, { id, ...record }: Placed): Place {
  return placeNamed(settings, record, `The deployment ${id} lives`);
}

/** @param what the beginning of a sentence for where it is not served @throws Error as placeOf */
export function placeNamed(settings: Regional, record: PlaceRecord, what: string): Place {
  const found = settings.places.find((place) => livesIn(place, settings, record));
  if (found) return found;
  const { target, region } = record;
  const isServed = settings.places.some((place) => place.target === (target ?? firstTarget(settings)));
  const missing = isServed ? `${region} to BERTH_AWS_REGION` : `${target} to BERTH_TARGET`;
  const where = isServed ? `in ${region}` : `on ${target}`;
  throw new Error(`${what} ${where}, which this installation does not serve. Add ${missing}.`);
}

/** What is where a deployment lives. @throws Error as placeOf */
export async function targetOf(settings: Regional, deployment: Placed): Promise<Target> {
  return openTarget(placeOf(settings, deployment));
}

/** Whether there is a place in this installation that can do that. */
export function offers({ places }: Regional, capability: Exclude<keyof Capabilities, "backups">): boolean {
  return places.some((place) => capabilitiesOf(place)[capability]);
}

/** Whether that can be done where a deployment lives; where that is not served, as where new slots go. */
export function offersTo(
  settings: Regional,
  record: PlaceRecord,
  capability: Exclude<keyof Capabilities, "backups">,
): boolean {
  const place = settings.places.find((one) => livesIn(one, settings, record)) ?? settings.places[0];
  return place !== undefined && capabilitiesOf(place)[capability];
}

/** Has unpaid slots of targets that are not served any more wait for their payment where new ones go. */
export async function moveUnpaidSlots(sql: Sql, settings: Regional): Promise<void> {
  await sql
    .updateTable("deployments")
    .set(placeForSlot(settings, undefined))
    .where("status", "=", "pending_payment")
    .where("target", "not in", targetsOf(settings.places))
    .execute();
}
