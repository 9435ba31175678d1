import { Code, Group, Stack, Text, Title } from "@mantine/core";
import { CopyText } from "../../../parts/copyable-code.tsx";

const COMMANDS = [
  ["pulumi stack output", "what the stack reports"],
  ["pulumi stack history", "what was done to it"],
  ["pulumi config refresh", "its config, from its state"],
  ["pulumi preview", "what an update would change"],
  ["pulumi refresh", "takes what there is into its state"],
  ["pulumi up", "brings it to its config"],
] as const;

/** The commands to go on with in a terminal, in the folder of Berth. */
export function PulumiCommands({ id }: { readonly id: string }) {
  const begin = `eval "$(npm run -s berth -- env)"\npulumi stack select ${id}`;
  return (
    <Stack component="section" aria-label="In a terminal" gap="sm">
      <Title order={2} size="h3">
        In a terminal
      </Title>
      <Text>
        In Berth's folder, as Berth's user. Don't change a stack by hand while an operation runs on it.
      </Text>
      <Group justify="space-between" align="start" wrap="nowrap">
        <Code block tabIndex={0} flex={1} miw={0}>
          {begin}
        </Code>
        <CopyText text={begin} />
      </Group>
      {COMMANDS.map(([command, meaning]) => (
        <Group key={command} gap="sm">
          <Code>{command}</Code>
          <CopyText text={command} />
          <Text c="dimmed">{meaning}</Text>
        </Group>
      ))}
    </Stack>
  );
}
