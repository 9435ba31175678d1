// What callbacks are signed with. It is fetched when somebody asks to see it, and kept nowhere.
import { Button, Card, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { readSecret, rotateSecret } from "../../../api/callbacks.ts";
import { ConfirmDialog } from "../../../parts/confirm-dialog.tsx";
import { CopyText } from "../../../parts/copyable-code.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";

export function SecretCard({ id }: { readonly id: string }) {
  const reason = useWhyNot(null);
  const [isAsking, setAsking] = useState(false);
  const show = useAction({ mutationFn: () => readSecret(id), gcTime: 0 });
  const rotate = useAction({
    mutationFn: () => rotateSecret(id),
    gcTime: 0,
    onSuccess: () => setAsking(false),
  });
  const shown = rotate.data ?? show.data;
  const hide = () => {
    show.reset();
    rotate.reset();
  };
  return (
    <Card withBorder maw={720}>
      <Stack gap="sm">
        <Title order={3} size="h4">
          Secret
        </Title>
        <Text>Your receiver verifies by it that a callback comes from Berth.</Text>
        {shown ? (
          <Group gap="xs">
            <Code style={{ overflowWrap: "anywhere" }}>{shown.secret}</Code>
            <CopyText text={shown.secret} />
          </Group>
        ) : (
          <Group>
            <Code aria-label="Hidden">whsec_••••••••••••••••</Code>
          </Group>
        )}
        {shown && shown.previousSignsUntil !== null && (
          <Text>
            The one before it signs as well; that ends <Moment at={shown.previousSignsUntil} />.
          </Text>
        )}
        <RefusalAlert error={show.error} />
        <Group gap="xs">
          {shown ? (
            <Button variant="default" size="xs" onClick={hide}>
              Hide
            </Button>
          ) : (
            <Unless reason={reason}>
              <Button variant="default" size="xs" loading={show.isPending} onClick={() => show.mutate()}>
                Show
              </Button>
            </Unless>
          )}
          <Unless reason={reason}>
            <Button variant="default" size="xs" onClick={() => setAsking(true)}>
              Rotate
            </Button>
          </Unless>
        </Group>
      </Stack>
      <ConfirmDialog
        title="Rotate the secret?"
        isOpen={isAsking}
        verb={rotate.isPending ? "Rotating …" : "Rotate"}
        isPending={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate()}
        onClose={() => setAsking(false)}
      >
        <Text>
          Callbacks are signed by the new secret and, for 24 hours, by the present one too. Give your receiver
          the new one in that time. A secret that was rotated out before stops at once.
        </Text>
      </ConfirmDialog>
    </Card>
  );
}
