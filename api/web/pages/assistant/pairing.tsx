import { Text } from "@mantine/core";

export function PairingTab() {
  return <Text>Pairing</Text>;
}
