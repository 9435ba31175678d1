import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function InstallationPage() {
  useTitle("Installation");
  return (
    <Stack>
      <Title order={1} size="h2">
        Installation
      </Title>
    </Stack>
  );
}
