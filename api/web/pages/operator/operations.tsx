import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function OperationsPage() {
  useTitle("Operations");
  return (
    <Stack>
      <Title order={1} size="h2">
        Operations
      </Title>
    </Stack>
  );
}
