import { Code, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Shapes } from "../../../api/client.ts";
import { type FleetMember, fleetStackQuery } from "../../../api/fleet.ts";
import { Section } from "../../../parts/page.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { StackHistory } from "./stack-history.tsx";

type PulumiStack = Shapes["Stack"];

/** Pulumi's own view of a deployment. */
export function MemberStack({ member }: { readonly member: FleetMember }) {
  const { deploymentId, operation } = member;
  const revision = `${operation?.id} ${operation?.finishedAt}`;
  const { data: stack, error, isPending } = useQuery(fleetStackQuery(deploymentId, revision));
  return (
    <Section title="Stack">
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {stack === null && <Text>It has no stack: it was not activated yet.</Text>}
      {stack && (
        <>
          {stack.pendingOperations > 0 && (
            <Text>
              Changes that were cut off: {stack.pendingOperations}. The next operation looks at what is left
              of them.
            </Text>
          )}
          <Resources resources={stack.resources} />
          <Outputs outputs={stack.outputs} />
          <StackHistory updates={stack.history} />
        </>
      )}
    </Section>
  );
}

function Resources({ resources }: Pick<PulumiStack, "resources">) {
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        Resources ({resources.length})
      </Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Type</Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th visibleFrom="md">Id</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {resources.map(({ urn, type, id }) => (
            <Table.Tr key={urn}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{type}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{urn.split("::").at(-1)}</Table.Td>
              <Table.Td visibleFrom="md" style={{ overflowWrap: "anywhere" }}>
                {id ? <Code>{plainText(id)}</Code> : "–"}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function Outputs({ outputs }: Pick<PulumiStack, "outputs">) {
  const entries = Object.entries(outputs);
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        Outputs
      </Title>
      {entries.length === 0 && <Text>None.</Text>}
      {entries.length > 0 && (
        <Table>
          <Table.Tbody>
            {entries.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {plainText(typeof value === "string" ? value : JSON.stringify(value))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
