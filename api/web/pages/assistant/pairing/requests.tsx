// Who has written to the bot and waits to be let in. They come as events; each is let in by one button.
import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { approvePairing, type Pairing, pairingsQuery } from "../../../api/details.ts";
import { Moment } from "../../../parts/moment.tsx";
import { notify } from "../../../parts/notify.ts";
import { plainText } from "../../../parts/plain-text.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";

interface PairingRequestsProps {
  readonly id: string;
  readonly requests: readonly Pairing[];
}

export function PairingRequests({ id, requests }: PairingRequestsProps) {
  return (
    <Stack
      gap="sm"
      component="ul"
      m={0}
      p={0}
      style={{ listStyle: "none" }}
      aria-label="Waiting to be let in"
    >
      {requests.map((request) => (
        <PairingRequest key={request.code} id={id} request={request} />
      ))}
    </Stack>
  );
}

function PairingRequest({ id, request }: { readonly id: string; readonly request: Pairing }) {
  const { code, name, userId, requestedAt } = request;
  const who = name ? plainText(name) : `User ${userId}`;
  const queryClient = useQueryClient();
  const readOnly = useWhyNot(null);
  const letIn = useAction({
    mutationFn: () => approvePairing(id, code),
    onSuccess: async ({ isNotified }) => {
      const message = isNotified
        ? "The bot has written it to them."
        : "They were not notified: write to them.";
      notify(`${who} may write now`, message);
      await queryClient.invalidateQueries({ queryKey: pairingsQuery(id).queryKey });
    },
  });
  return (
    <Card withBorder component="li">
      <Group justify="space-between" gap="sm">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            <bdi>{who}</bdi>
          </Text>
          <Text>
            User {userId}, code {code}, asked <Moment at={requestedAt} />
          </Text>
        </div>
        <Unless reason={readOnly}>
          <Button loading={letIn.isPending} onClick={() => letIn.mutate()}>
            Let in
          </Button>
        </Unless>
      </Group>
      <RefusalAlert error={letIn.error} />
    </Card>
  );
}
