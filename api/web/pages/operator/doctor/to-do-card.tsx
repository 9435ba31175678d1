import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { CopyText } from "../../../parts/copyable-code.tsx";
import { counted } from "../../../parts/counts.ts";
import { PageLink } from "../../../parts/page-link.tsx";
import { plainText } from "../../../parts/plain-text.ts";
import { WordDot } from "../../../parts/word-dot.tsx";
import type { Found, ToDo } from "./group.ts";

const SEVERITIES = {
  error: { word: "Error", colour: "red" },
  warning: { word: "Warning", colour: "yellow" },
} as const;
/** So many findings of one kind say enough at first. */
const SHOWN = 5;

/** One thing to do, and all that was found to need it. */
export function ToDoCard({ todo: { advice, severity, found } }: { readonly todo: ToDo }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <Card withBorder component="section">
      <Stack gap="sm">
        <Title order={2} size="h4" style={{ overflowWrap: "anywhere" }}>
          {plainText(advice)}
        </Title>
        <Group gap="xs">
          <WordDot {...SEVERITIES[severity]} />
          <Text c="dimmed">{counted(found.length, "finding")}</Text>
          <CopyText text={plainText(advice)} />
        </Group>
        {found.slice(0, isWhole ? found.length : SHOWN).map((one) => (
          <Finding key={`${one.deploymentId} ${one.check} ${one.message}`} found={one} />
        ))}
        {found.length > SHOWN && (
          <Group>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => setWhole(!isWhole)}
              aria-expanded={isWhole}
            >
              {isWhole ? "Show fewer" : `Show all ${found.length}`}
            </Button>
          </Group>
        )}
      </Stack>
    </Card>
  );
}

function Finding({ found: { deploymentId, account, check, message } }: { readonly found: Found }) {
  return (
    <Stack gap={2}>
      <Text>
        {deploymentId === null ? (
          "Installation"
        ) : (
          <>
            <PageLink to="/operator/fleet/$id" params={{ id: deploymentId }} inherit underline="always">
              Deployment {deploymentId.slice(-8)}
            </PageLink>{" "}
            of <bdi>{account}</bdi>
          </>
        )}
        , {check}
      </Text>
      <Text style={{ overflowWrap: "anywhere" }}>{plainText(message)}</Text>
    </Stack>
  );
}
