import { Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { MAX_FAILURES } from "../../../../../stacks/operations/rollout.ts";
import { shownName } from "../../../parts/names.ts";
import { PageLink } from "../../../parts/page-link.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { WordDot } from "../../../parts/word-dot.tsx";
import type { Phase, Progress as ProgressOf, RolledOut } from "./use-rollout.ts";

const WORDS: Readonly<Record<ProgressOf, { readonly word: string; readonly colour: string }>> = {
  waiting: { word: "Waiting", colour: "gray" },
  "under way": { word: "Upgrading…", colour: "cyan" },
  upgraded: { word: "Upgraded", colour: "green" },
  failed: { word: "Failed", colour: "red" },
  "not begun": { word: "Not begun", colour: "orange" },
};

const LEFT = { word: "Left as it is", colour: "gray" };

interface RolloutProgressProps {
  readonly phase: Phase;
  readonly rows: readonly RolledOut[];
  readonly onStop: () => void;
  readonly onReset: () => void;
}

export function RolloutProgress({ phase, rows, onStop, onReset }: RolloutProgressProps) {
  const isOver = phase !== "running" && phase !== "stopping";
  const counts = Map.groupBy(rows, ({ progress }) => progress);
  const countOf = (progress: ProgressOf) => counts.get(progress)?.length ?? 0;
  const ended = rows.length - countOf("waiting") - countOf("under way");
  const upgraded = countOf("upgraded");
  const failed = countOf("failed") + countOf("not begun");
  return (
    <Stack>
      <Progress
        value={rows.length > 0 ? (ended / rows.length) * 100 : 0}
        color={failed > 0 ? "orange" : "teal"}
        aria-label={`${ended} of ${rows.length} have ended`}
      />
      <Group justify="space-between">
        <Text role="status" fw={600}>
          {upgraded} upgraded, {failed} failed, {rows.length - ended} left.{" "}
          {endingOf(phase, countOf("failed"))}
        </Text>
        {isOver ? (
          <Button variant="default" onClick={onReset}>
            Begin again
          </Button>
        ) : (
          <Button color="red" variant="light" loading={phase === "stopping"} onClick={onStop}>
            Stop
          </Button>
        )}
      </Group>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th visibleFrom="sm">Account</Table.Th>
            <Table.Th>Upgrade</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.member.deploymentId} row={row} isOver={isOver} />
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function endingOf(phase: Phase, failed: number): string {
  if (phase === "done") return "Done.";
  if (phase === "stopping") return "Waiting for what has begun.";
  if (phase === "stopped by hand") return "You stopped it.";
  if (phase !== "stopped by rule") return "";
  return failed >= MAX_FAILURES
    ? `It stopped after ${failed} failures.`
    : "It stopped: none could be begun. Run doctor first.";
}

interface RowProps {
  readonly row: RolledOut;
  /** Nothing more is upgraded. */
  readonly isOver: boolean;
}

function Row({ row: { member, progress, why }, isOver }: RowProps) {
  const { word, colour } = isOver && progress === "waiting" ? LEFT : WORDS[progress];
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <PageLink to="/operator/fleet/$id" params={{ id: member.deploymentId }} target="_blank">
          <bdi>{shownName(member)}</bdi>
        </PageLink>
        {why && <Text>{plainText(why)}</Text>}
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ overflowWrap: "anywhere" }}>
        <bdi>{member.account}</bdi>
      </Table.Td>
      <Table.Td>
        <WordDot word={word} colour={colour} />
      </Table.Td>
    </Table.Tr>
  );
}
