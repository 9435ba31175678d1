import { Text } from "@mantine/core";

export function LogsTab() {
  return <Text>Logs</Text>;
}
