import { Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import type { Installation } from "../../../api/operator.ts";
import { Moment } from "../../../parts/moment.tsx";
import { bytes } from "../../../parts/units.ts";

const NAMES = {
  "data folder": "Data folder",
  backups: "Backups",
  "assistants' data": "Assistants' data",
} as const;
const NEAR = 80;
const FULL = 95;

export function Disks({ disks }: Pick<Installation, "disks">) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {disks.map((disk) => (
        <Disk key={disk.of} disk={disk} />
      ))}
    </SimpleGrid>
  );
}

function Disk({ disk }: { readonly disk: Installation["disks"][number] }) {
  const { of, path, freeBytes, sizeBytes, seenAt } = disk;
  const used = sizeBytes > 0 ? Math.round((1 - freeBytes / sizeBytes) * 100) : 0;
  return (
    <Stack gap={4}>
      <Text fw={600}>{NAMES[of]}</Text>
      <Text>
        {bytes(freeBytes)} of {bytes(sizeBytes)} free
      </Text>
      <Progress
        value={used}
        color={used >= FULL ? "red" : used >= NEAR ? "yellow" : "teal"}
        aria-label={`${used} % of the disk of ${NAMES[of]} is used`}
      />
      <Text c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {path ?? (
          <>
            seen <Moment at={seenAt} />
          </>
        )}
      </Text>
    </Stack>
  );
}
