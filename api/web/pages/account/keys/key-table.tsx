import { Badge, Button, Group, Table, Text } from "@mantine/core";
import { useState } from "react";
import type { Key, NewKey } from "../../../api/account.ts";
import { berthNow } from "../../../api/clock.ts";
import { Moment } from "../../../parts/moment.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { Unless } from "../../../parts/unless.tsx";
import { useNow } from "../../../parts/use-now.ts";
import { useSession } from "../../../parts/use-session.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { RevokeDialog } from "./revoke-dialog.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";

interface KeyTableProps {
  readonly keys: readonly Key[];
  readonly onMade: (key: NewKey) => void;
}

export function KeyTable({ keys, onMade }: KeyTableProps) {
  const { isOperator } = useSession();
  const [rotated, setRotated] = useState<Key | null>(null);
  const [revoked, setRevoked] = useState<Key | null>(null);
  return (
    <>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Key</Table.Th>
            <Table.Th>Used</Table.Th>
            <Table.Th ta="right">Actions</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((row) => (
            <Row
              key={row.keyId}
              row={row}
              hasAccount={isOperator}
              onRotate={() => setRotated(row)}
              onRevoke={() => setRevoked(row)}
            />
          ))}
        </Table.Tbody>
      </Table>
      {rotated && (
        <RotateDialog
          row={rotated}
          onMade={(key) => {
            setRotated(null);
            onMade(key);
          }}
          onClose={() => setRotated(null)}
        />
      )}
      {revoked && <RevokeDialog row={revoked} onClose={() => setRevoked(null)} />}
    </>
  );
}

interface RowProps {
  readonly row: Key;
  readonly hasAccount: boolean;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

function Row({ row, hasAccount, onRotate, onRevoke }: RowProps) {
  const { keyId } = useSession();
  const ended = useEnded(row);
  const reason = useWhyNot(null) ?? ended;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Group gap="xs">
          <bdi>{plainText(row.name)}</bdi>
          {row.keyId === keyId && (
            <Badge variant="light" tt="none" miw="max-content">
              Yours now
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {row.keyId}
        </Text>
        <Text size="xs" c="dimmed">
          {hasAccount && `Of ${row.account}. `}
          {row.scopes.length > 1
            ? "Reads and writes."
            : `${row.scopes[0] === "read" ? "Reads" : "Writes"} alone.`}
        </Text>
      </Table.Td>
      <Table.Td>
        {row.lastUsedAt === null ? "Never" : <Moment at={row.lastUsedAt} />}
        <Text size="xs" c="dimmed">
          Made <Moment at={row.createdAt} />. <End row={row} />
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap="xs" justify="end">
          <Unless reason={reason}>
            <Button variant="default" size="xs" onClick={onRotate}>
              Rotate
            </Button>
          </Unless>
          <Unless reason={reason}>
            <Button variant="default" size="xs" onClick={onRevoke}>
              Revoke
            </Button>
          </Unless>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function End({ row }: { readonly row: Key }) {
  const { revokedAt, expiresAt } = row;
  // A key that was rotated is revoked at a moment to come.
  const isRevoked = useEnded(row) !== null && revokedAt !== null;
  const end = revokedAt ?? expiresAt;
  if (end === null) return "It does not end.";
  return (
    <>
      {isRevoked ? "Revoked" : "Ends"} <Moment at={end} />.
    </>
  );
}

/** Why nothing can be done with a key any more; null while it works. */
function useEnded({ revokedAt, expiresAt }: Key): string | null {
  const now = Math.max(useNow(), berthNow());
  if (revokedAt !== null && Date.parse(revokedAt) <= now) return "This key is revoked.";
  return expiresAt !== null && Date.parse(expiresAt) <= now ? "This key has ended." : null;
}
