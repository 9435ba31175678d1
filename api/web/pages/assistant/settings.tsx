import { Text } from "@mantine/core";

export function SettingsTab() {
  return <Text>Settings</Text>;
}
