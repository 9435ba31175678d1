import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";

export function AccountsPage() {
  useTitle("Accounts");
  return (
    <Stack>
      <Title order={1} size="h2">
        Accounts
      </Title>
    </Stack>
  );
}
