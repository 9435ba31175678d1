import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function AuditPage() {
  useTitle("Audit trail");
  return (
    <Stack>
      <Title order={1} size="h2">
        Audit trail
      </Title>
    </Stack>
  );
}
