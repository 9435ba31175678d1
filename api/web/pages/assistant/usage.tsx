import { Text } from "@mantine/core";

export function UsageTab() {
  return <Text>Usage and limits</Text>;
}
