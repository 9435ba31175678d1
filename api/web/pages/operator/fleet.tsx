import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function FleetPage() {
  useTitle("Fleet");
  return (
    <Stack>
      <Title order={1} size="h2">
        Fleet
      </Title>
    </Stack>
  );
}
