import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function SessionsPage() {
  useTitle("Sessions");
  return (
    <Stack>
      <Title order={1} size="h2">
        Sessions
      </Title>
    </Stack>
  );
}
