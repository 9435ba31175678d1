// Which of the installation's regions a deployment lives in: chosen when it is bought, for its life.
import type { Foundation } from "../../infra/args.ts";
import { BerthError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";
import type { Deployment } from "./deployments.ts";

type Regional = Pick<StackSettings, "foundations">;
type Placed = Pick<Deployment, "id" | "region">;

/**
 * The region of a new slot: the one asked for, or the first; null on a target that has none.
 * @throws BerthError INVALID_REQUEST when the installation does not have it
 */
export function regionForSlot({ foundations }: Regional, wanted: string | undefined): string | null {
  const regions = foundations.map(({ region }) => region);
  if (wanted === undefined) return regions[0] ?? null;
  if (regions.includes(wanted)) return wanted;
  const message = regions.length > 0 ? `available: ${regions.join(", ")}` : "not taken on this installation";
  throw new BerthError("INVALID_REQUEST", "The region is not available. No slot was created.", [
    { field: "region", message },
  ]);
}

/** Whether that is the foundation that a deployment lives on. */
export function livesOn(
  foundation: Foundation,
  { foundations }: Regional,
  { region }: Pick<Placed, "region">,
): boolean {
  return region === null ? foundation === foundations[0] : foundation.region === region;
}

/**
 * What a deployment shares with others of its region; undefined on a target that has none.
 * @throws Error when the installation doesn't serve its region any more: there, all that it has would look removed
 */
export function foundationOf({ foundations }: Regional, { id, region }: Placed): Foundation | undefined {
  const found = foundations.find((foundation) => livesOn(foundation, { foundations }, { region }));
  if (found || region === null) return found;
  throw new Error(
    `The deployment ${id} lives in ${region}, which this installation does not serve. Add ${region} to BERTH_AWS_REGION.`,
  );
}
