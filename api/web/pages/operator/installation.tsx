// What Berth runs on, and the switch of its model gateway.
import { Alert, Button, Group, List, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Installation, installationQuery } from "../../api/operator.ts";
import { Page, Section } from "../../parts/page.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { WordDot } from "../../parts/word-dot.tsx";
import { Facts } from "./facts.tsx";
import { Disks } from "./installation/disks.tsx";
import { Hosts } from "./installation/hosts.tsx";
import { ModelSwitch } from "./installation/model-switch.tsx";
import { Parts } from "./installation/parts.tsx";

const PARTS_OF_READINESS: Readonly<Record<string, string>> = {
  database: "Database",
  engine: "Engine",
  rehearsal: "Rehearsal",
  pulumi: "Pulumi",
  gateway: "Model gateway",
};

export function InstallationPage() {
  const { data, error, isPending, isFetching, refetch } = useQuery(installationQuery);
  return (
    <Page
      title="Installation"
      action={
        <Button variant="default" loading={isFetching} onClick={() => void refetch()}>
          Look again
        </Button>
      }
    >
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {data && <Sections installation={data} />}
    </Page>
  );
}

function Sections({ installation }: { readonly installation: Installation }) {
  const { version, target, assistantImage, dataDir, stateBackend, database, payments } = installation;
  return (
    <Stack gap="xl">
      <Readiness readiness={installation.readiness} />
      <Section title="Berth">
        <Facts
          facts={[
            { name: "Version", value: version },
            { name: "Target", value: target },
            { name: "Database", value: database },
            { name: "Payments", value: payments === "polar" ? "Polar" : "Simulated" },
            { name: "Assistants' image", value: assistantImage },
            { name: "Data folder", value: dataDir },
            { name: "Pulumi's state", value: stateBackend },
          ]}
        />
      </Section>
      <Section title="Model gateway">
        <ModelSwitch gateway={installation.modelGateway} />
      </Section>
      <Section title="Room on disks">
        <Disks disks={installation.disks} />
      </Section>
      <Section title="Hosts">
        <Hosts hosts={installation.hosts} silent={installation.silentHosts} target={target} />
      </Section>
      {installation.hostRules && (
        <Section title="Host rules">
          <HostRules rules={installation.hostRules} />
        </Section>
      )}
      <Section title="Parts in use">
        <Parts parts={installation.parts} />
      </Section>
    </Stack>
  );
}

function Readiness({ readiness }: Pick<Installation, "readiness">) {
  const away = readiness.filter(({ isReady }) => !isReady);
  return (
    <Stack gap="sm">
      <Group gap="xs" role="group" aria-label="Readiness">
        {readiness.map(({ part, isReady }) => (
          <WordDot
            key={part}
            word={`${PARTS_OF_READINESS[part] ?? part} ${isReady ? "ready" : "away"}`}
            colour={isReady ? "green" : "red"}
          />
        ))}
      </Group>
      {away.length > 0 && (
        <Alert color="red" title="Berth is not ready">
          <List>
            {away.map(({ part, reason }) => (
              <List.Item key={part}>{plainText(reason ?? part)}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}

function HostRules({ rules: { mode, finding } }: { readonly rules: NonNullable<Installation["hostRules"]> }) {
  if (finding !== null) return <Alert color="yellow" title={plainText(finding)} />;
  if (mode === "leave")
    return <Text>BERTH_HOST_RULES=leave: Berth neither sets nor looks at this host's firewall.</Text>;
  return <Text>They are in place: assistants are kept off this host and its private networks.</Text>;
}
