// Whom an upgrade of many is for, counted for the page.
import { type Member, type Standing, standingOf } from "../../../../../stacks/operations/rollout.ts";

/** What is left alone, in this order. */
const LEFT_ALONE: readonly (readonly [Standing, string])[] = [
  ["up to date", "with this image already"],
  ["custom", "with an image of its own: left alone, unless you name an image"],
  ["rolled back", "rolled back from this very image: left alone, unless tried again"],
  ["stopped", "stopped: their next redeploy brings it"],
  ["failed", "failed: left alone, a redeploy brings the current image"],
  ["busy", "busy with another operation: left alone, to be upgraded later"],
  ["not activated", "without an assistant"],
];

export interface Whom<T extends Member> {
  readonly due: readonly T[];
  readonly leftAlone: readonly {
    readonly standing: Standing;
    readonly text: string;
    readonly count: number;
  }[];
}

export function whomToUpgrade<T extends Member>(
  members: readonly T[],
  { image, retries }: { readonly image: string | undefined; readonly retries: boolean },
): Whom<T> {
  const wants = { replacesCustom: image !== undefined, retries };
  const standings = Map.groupBy(members, (member) => standingOf(member, wants));
  return {
    due: standings.get("due") ?? [],
    leftAlone: LEFT_ALONE.flatMap(([standing, text]) => {
      const count = standings.get(standing)?.length ?? 0;
      return count > 0 ? [{ standing, text, count }] : [];
    }),
  };
}
