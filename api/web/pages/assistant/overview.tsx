import { Text } from "@mantine/core";

export function OverviewTab() {
  return <Text>Overview</Text>;
}
