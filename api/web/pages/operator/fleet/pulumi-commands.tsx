import { Code, Table, Text } from "@mantine/core";
import { CopyableCode, CopyText } from "../../../parts/copyable-code.tsx";
import { Section } from "../../../parts/page.tsx";

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
  return (
    <Section title="In a terminal">
      <Text>
        In Berth's folder, as Berth's user. Don't change a stack by hand while an operation runs on it.
      </Text>
      <CopyableCode label="First" text={`eval "$(npm run -s berth -- env)"\npulumi stack select ${id}`} />
      <Table withRowBorders={false} verticalSpacing={4} maw={720}>
        <Table.Tbody>
          {COMMANDS.map(([command, meaning]) => (
            <Table.Tr key={command}>
              <Table.Td pl={0}>
                <Code>{command}</Code>
              </Table.Td>
              <Table.Td c="dimmed">{meaning}</Table.Td>
              <Table.Td ta="right">
                <CopyText text={command} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
