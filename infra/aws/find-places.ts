// What the deployments of each region share, looked up once. A process that carries out operations also reads it from AWS.
import type { PlaceSearch } from "../target-row.ts";
import { assertAwsAnswers, assertFoundation } from "./account.ts";
import type { AwsPlace, AwsRegion } from "./place.ts";
import { readFoundation } from "./read-foundation.ts";

/** @throws Error when AWS refuses, or has not what was given, with what to do */
export async function findPlaces(
  regions: readonly AwsRegion[],
  { carriesOut, pulumiPath, environment }: PlaceSearch,
): Promise<readonly AwsPlace[]> {
  const found: AwsPlace[] = [];
  for (const { target, region, foundation: given } of regions) {
    if (carriesOut) await assertAwsAnswers(region);
    const foundation =
      typeof given === "string" ? await readFoundation(given, pulumiPath, environment) : given;
    if (carriesOut) await assertFoundation(foundation);
    found.push({ target, region, foundation });
  }
  return found;
}
