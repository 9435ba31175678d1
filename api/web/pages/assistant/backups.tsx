import { Text } from "@mantine/core";

export function BackupsTab() {
  return <Text>Backups</Text>;
}
