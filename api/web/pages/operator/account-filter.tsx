import { Button, Group, Text } from "@mantine/core";

interface AccountFilterProps {
  readonly account: string;
  readonly onClear: () => void;
}

/** Says that what is shown is one account's, and leads back to all. */
export function AccountFilter({ account, onClear }: AccountFilterProps) {
  if (!account) return null;
  return (
    <Group gap="xs">
      <Text>
        Of account{" "}
        <Text span inherit fw={600}>
          <bdi>{account}</bdi>
        </Text>{" "}
        alone
      </Text>
      <Button size="compact-xs" variant="default" onClick={onClear}>
        Show all accounts
      </Button>
    </Group>
  );
}
