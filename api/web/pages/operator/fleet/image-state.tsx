import { Box, Stack, Text, Tooltip } from "@mantine/core";
import type { FleetMember } from "../../../api/fleet.ts";
import { WordDot } from "../../../parts/word-dot.tsx";
import { imageStanding } from "./image-standing.ts";

export function ImageState({ member }: { readonly member: FleetMember }) {
  const standing = imageStanding(member);
  if (!standing) return <Text inherit>–</Text>;
  return (
    <Stack gap={2} align="flex-start">
      <Tooltip label={standing.sentence} multiline maw={320}>
        <Box tabIndex={0}>
          <WordDot {...standing} />
        </Box>
      </Tooltip>
      {member.image.isCustom && (
        <Text size="xs" c="dimmed">
          its own image
        </Text>
      )}
    </Stack>
  );
}
