import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function PaymentsPage() {
  useTitle("Payments");
  return (
    <Stack>
      <Title order={1} size="h2">
        Payments
      </Title>
    </Stack>
  );
}
