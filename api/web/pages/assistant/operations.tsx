import { Text } from "@mantine/core";

export function OperationsTab() {
  return <Text>Operations</Text>;
}
