import { Text } from "@mantine/core";

export function DeleteTab() {
  return <Text>Delete</Text>;
}
