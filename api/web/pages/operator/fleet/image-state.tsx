import { Badge, Stack, Text, Tooltip } from "@mantine/core";
import type { FleetMember } from "../../../api/fleet.ts";

interface Standing {
  readonly word: string;
  readonly colour: string;
  readonly sentence: string;
}

const SHORT = 12;

/** Whether it has the image that an upgrade would bring it to. */
export function imageStanding({ image, latest }: Pick<FleetMember, "image" | "latest">): Standing | null {
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

export function ImageState({ member }: { readonly member: FleetMember }) {
  const standing = imageStanding(member);
  if (!standing) return <Text inherit>–</Text>;
  return (
    <Stack gap={2} align="flex-start">
      <Tooltip label={standing.sentence} events={EVENTS} multiline maw={320}>
        <Badge variant="dot" color={standing.colour} tt="none" tabIndex={0} miw="max-content">
          {standing.word}
        </Badge>
      </Tooltip>
      {member.image.isCustom && (
        <Text size="xs" c="dimmed">
          its own image
        </Text>
      )}
    </Stack>
  );
}

const EVENTS = { hover: true, focus: true, touch: true };
