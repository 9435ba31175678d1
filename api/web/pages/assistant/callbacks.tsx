import { Text } from "@mantine/core";

export function CallbacksTab() {
  return <Text>Callbacks</Text>;
}
