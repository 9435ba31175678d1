import { Stack, Title } from "@mantine/core";
import { useTitle } from "../../parts/use-title.ts";
import { BuyCard } from "./buy-card.tsx";

export function BuyPage() {
  useTitle("Buy an assistant");
  return (
    <Stack>
      <Title order={1} size="h2">
        Buy an assistant
      </Title>
      <BuyCard />
    </Stack>
  );
}
