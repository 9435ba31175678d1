import { Progress, Stack, Text } from "@mantine/core";
import type { ListedDeployment } from "../api/deployments.ts";
import { money } from "./money.ts";

const NEAR = 80;

type Use = ListedDeployment["present"]["month"];

/** What was spent, against the limit if there is one. */
export function spent({ usd, limitUsd }: Use): string {
  return limitUsd === null ? money(usd) : `${money(usd)} of ${money(limitUsd)}`;
}

export function SpendMeter({ use }: { readonly use: Use }) {
  const { usd, limitUsd } = use;
  if (limitUsd === null) return <Text inherit>{spent(use)}</Text>;
  const share = limitUsd > 0 ? Math.min(100, (usd / limitUsd) * 100) : 100;
  return (
    <Stack gap={4}>
      <Text inherit>{spent(use)}</Text>
      <Progress
        value={share}
        size="sm"
        color={share >= 100 ? "red" : share >= NEAR ? "yellow" : "teal"}
        aria-label={`${Math.round(share)} % of its limit`}
      />
    </Stack>
  );
}
