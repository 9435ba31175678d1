import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function KeysPage() {
  useTitle("API keys");
  return (
    <Stack>
      <Title order={1} size="h2">
        API keys
      </Title>
    </Stack>
  );
}
