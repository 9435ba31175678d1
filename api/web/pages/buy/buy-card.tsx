// Buying a slot: by a button, and by the very call that a program would make.
import { Button, Card, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { BASE } from "../../api/client.ts";
import { buy, type Deployment, deploymentKeys } from "../../api/deployments.ts";
import { whyReadOnly } from "../../api/session.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useSession } from "../../shell/use-session.ts";

type Mode = Deployment["apiMode"];

const MODES: readonly { readonly value: Mode; readonly label: string; readonly meaning: string }[] = [
  {
    value: "byok",
    label: "Own key",
    meaning: "You bring the API key of a model provider, and pay it yourself.",
  },
  { value: "managed", label: "Managed", meaning: "Models are included, up to a limit for each month." },
  { value: "unlimited", label: "Unlimited", meaning: "Models are included." },
];

export function BuyCard() {
  const [mode, setMode] = useState<Mode>("byok");
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const session = useSession();
  const purchase = useMutation({
    mutationFn: buy,
    onSuccess: async ({ deploymentId }) => {
      void queryClient.invalidateQueries({ queryKey: deploymentKeys.all });
      await navigate({ to: "/assistants/$id", params: { id: deploymentId } });
    },
  });
  return (
    <Card withBorder p="lg" maw={720}>
      <Stack>
        <Title order={2} size="h3">
          Buy an assistant
        </Title>
        <Text>An assistant of your own, in a container of its own, reached by a Telegram bot.</Text>
        <SegmentedControl
          aria-label="Who pays the model"
          data={MODES.map(({ value, label }) => ({ value, label }))}
          value={mode}
          onChange={(value) => setMode(value as Mode)}
        />
        <Text size="sm" c="dimmed">
          {MODES.find(({ value }) => value === mode)?.meaning}
        </Text>
        <RefusalAlert error={purchase.error} />
        <Group>
          <Unless reason={whyReadOnly(session)}>
            <Button loading={purchase.isPending} onClick={() => purchase.mutate({ apiMode: mode })}>
              Buy
            </Button>
          </Unless>
        </Group>
        <CurlSnippet method="POST" url={`${BASE}/api/v1/assistants/purchase`} body={{ apiMode: mode }} />
      </Stack>
    </Card>
  );
}
