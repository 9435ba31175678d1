// Whether a deployment has the image that an upgrade would bring it to.
import type { components } from "../../../api/types.ts";

type Imaged = Pick<components["schemas"]["FleetMember"], "image" | "latest">;

interface Standing {
  readonly word: string;
  readonly colour: string;
  readonly sentence: string;
}

const SHORT = 12;

/** Whether it has the image that an upgrade would bring it to. */
export function imageStanding({ image, latest }: Imaged): Standing | null {
  const { pinned, reference, rolledBackFrom } = image;
  if (pinned === null) return null;
  if (latest === null)
    return {
      word: "Not pulled",
      colour: "gray",
      sentence: `${reference} has not been pulled yet: an upgrade does that first.`,
    };
  if (latest === pinned)
    return { word: "Current", colour: "green", sentence: `It runs what ${reference} is now.` };
  if (latest === rolledBackFrom)
    return {
      word: "Rolled back",
      colour: "orange",
      sentence: `An upgrade to what ${reference} is now has failed and was undone.`,
    };
  return { word: "Behind", colour: "yellow", sentence: `${reference} is another image by now.` };
}

/** The end of a digest's beginning: enough to tell two apart. */
export function shortImage(pin: string): string {
  const digest = /sha256:([0-9a-f]+)$/.exec(pin)?.[1];
  return digest ? digest.slice(0, SHORT) : pin;
}
