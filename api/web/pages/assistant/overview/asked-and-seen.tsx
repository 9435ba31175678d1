// What was asked for, and what is seen of it, side by side.
import { Code, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Deployment, DeploymentStatus } from "../../../api/deployments.ts";
import { imageQuery } from "../../../api/details.ts";
import type { Usage } from "../../../api/shapes.ts";
import { Breakable } from "../../../parts/breakable.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { Section } from "../../../parts/page.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { bytes, duration } from "../../../parts/units.ts";
import { BotLink } from "../pairing/write-to-bot.tsx";

interface AskedAndSeenProps {
  readonly deployment: Deployment;
  readonly status: DeploymentStatus;
  /** Undefined while nothing runs that could be measured. */
  readonly usage: Usage | undefined;
}

export function AskedAndSeen({ deployment, status, usage }: AskedAndSeenProps) {
  const { deploymentId: id, modelProvider, modelId, region } = deployment;
  return (
    <Section title="Asked for and seen">
      <Table.ScrollContainer minWidth={300} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing="sm" horizontalSpacing="xs" layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={96}>What</Table.Th>
              <Table.Th>Asked for</Table.Th>
              <Table.Th>Seen</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Row
              name="State"
              asked={wantedState(status)}
              seen={<SeenState status={status} usage={usage} />}
            />
            <Row name="Container" asked={containerOf(status)} seen={seenContainer(status, usage)} />
            <ImageRow id={id} pinned={deployment.image.pinned} />
            <Row
              name="Model"
              asked={modelId ? <Breakable text={`${modelProvider}/${modelId}`} /> : "–"}
              seen={<Conversation status={status} />}
            />
            <Row name="Telegram" asked={<BotLink id={id} />} seen={channelOf(status)} />
            <Row
              name="Data"
              asked={usage?.stateLimitBytes ? `at most ${bytes(usage.stateLimitBytes)}` : "no limit known"}
              seen={usage?.stateUsedBytes != null ? bytes(usage.stateUsedBytes) : "not measured"}
            />
            {region && <Row name="Region" asked={region} seen={status.outputs ? region : "–"} />}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}

interface RowProps {
  readonly name: string;
  readonly asked: ReactNode;
  readonly seen: ReactNode;
}

function Row({ name, asked, seen }: RowProps) {
  return (
    <Table.Tr style={{ verticalAlign: "top", overflowWrap: "anywhere" }}>
      <Table.Th scope="row" style={{ overflowWrap: "normal" }}>
        {name}
      </Table.Th>
      <Table.Td>{asked}</Table.Td>
      <Table.Td>{seen}</Table.Td>
    </Table.Tr>
  );
}

const HALTS: readonly (string | undefined)[] = ["stop", "suspend", "delete"];

function wantedState({ drift, status, operation }: DeploymentStatus): string {
  if (drift) return drift.expected.status === "active" ? "running" : "stopped";
  if (status === "failed") return HALTS.includes(operation?.kind) ? "stopped" : "running";
  return status === "active" || status === "deploying" ? "running" : "stopped";
}

function SeenState({ status, usage }: Pick<AskedAndSeenProps, "status" | "usage">) {
  if (status.drift)
    return (
      <Text span inherit c="var(--mantine-color-red-text)">
        {plainText(status.drift.seen.detail)}
      </Text>
    );
  if (usage) return `running for ${duration(usage.uptimeSeconds)}${restarts(usage)}`;
  return status.status === "stopped" || status.status === "suspended" ? "stopped" : "–";
}

function restarts({ restarts }: Usage): string {
  if (!restarts) return "";
  return `, restarted ${restarts === 1 ? "once" : `${restarts} times`}`;
}

function containerOf(status: DeploymentStatus): ReactNode {
  if (wantedState(status) === "stopped") return "none";
  const id = status.outputs?.containerId;
  return id ? <Code>{id.slice(0, 12)}</Code> : "one";
}

function seenContainer({ drift }: DeploymentStatus, usage: Usage | undefined): string {
  if (drift) return drift.seen.state;
  if (!usage) return "–";
  const cpu = usage.cpuCores === null ? "" : `${(usage.cpuCores * 100).toFixed(1)} % of a core, `;
  const memory = usage.memoryBytes === null ? "up to " : `${bytes(usage.memoryBytes)} of `;
  return `${cpu}${memory}${bytes(usage.memoryLimitBytes)} of memory`;
}

function ImageRow({ id, pinned }: { readonly id: string; readonly pinned: string | null }) {
  const { data: image, isError } = useQuery(imageQuery(id));
  const asked = image ? (
    <Code>
      <Breakable text={image.reference} />
    </Code>
  ) : isError ? (
    "can't be asked now"
  ) : (
    "…"
  );
  return (
    <Row
      name="Image"
      asked={asked}
      seen={
        <>
          {pinned ? (
            <Code>
              <Breakable text={pinned} />
            </Code>
          ) : (
            "–"
          )}
          {image && <Text>{newness(image.latest, pinned)}</Text>}
          {image?.rolledBackFrom && (
            <Text>Brought back: an upgrade to {plainText(image.rolledBackFrom)} did not become ready.</Text>
          )}
        </>
      }
    />
  );
}

function newness(latest: string | null, pinned: string | null): string {
  if (pinned === null) return "Nothing was brought up yet.";
  if (latest === null) return "The next redeploy pulls the image first.";
  return latest === pinned ? "This is the newest one here." : "A newer one is here: redeploy takes it.";
}

const CHANNELS = {
  polling: "Telegram hands it messages",
  refused: "Telegram refuses it",
  unreachable: "it can't reach Telegram",
} as const;

function channelOf({ channel }: DeploymentStatus): ReactNode {
  if (!channel) return "–";
  return (
    <>
      {CHANNELS[channel.state]}, since <Moment at={channel.since} />
    </>
  );
}

function Conversation({ status }: Pick<AskedAndSeenProps, "status">) {
  const { lastMessageAt, lastAnswerAt, lastError } = status;
  if (lastMessageAt === null) return "no message yet";
  return (
    <>
      last message <Moment at={lastMessageAt} />, last answer <Moment at={lastAnswerAt} />
      {lastError && <Text>{plainText(lastError)}</Text>}
    </>
  );
}
