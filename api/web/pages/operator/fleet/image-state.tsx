import { Badge, Stack, Text, Tooltip } from "@mantine/core";
import type { FleetMember } from "../../../api/fleet.ts";
import { imageStanding } from "./image-standing.ts";

export function ImageState({ member }: { readonly member: FleetMember }) {
  const standing = imageStanding(member);
  if (!standing) return <Text inherit>–</Text>;
  return (
    <Stack gap={2} align="flex-start">
      <Tooltip label={standing.sentence} multiline maw={320}>
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
