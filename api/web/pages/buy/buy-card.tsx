// Buying a slot: by a button, and by the very call that a program would make.
import { Button, Card, Group, Loader, Radio, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { BASE } from "../../api/client.ts";
import { buy } from "../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys } from "../../api/deployments.ts";
import { type Offer, offerQuery } from "../../api/details.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useAction } from "../../parts/use-action.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";

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
  const { data: offer, error, isPending } = useQuery(offerQuery);
  return (
    <Card withBorder p="lg" maw={720}>
      <Stack>
        <Title order={2} size="h3">
          Choose a slot
        </Title>
        <Text>An assistant of your own, in a container of its own, reached by a Telegram bot.</Text>
        <RefusalAlert error={error} />
        {isPending && <Loader aria-label="Loading" />}
        {offer && <BuyForm offer={offer} />}
      </Stack>
    </Card>
  );
}

function BuyForm({ offer }: { readonly offer: Offer }) {
  const { apiModes, regions, payments } = offer;
  const [apiMode, setMode] = useState<Mode>(apiModes[0] ?? "byok");
  const [region, setRegion] = useState(regions[0] ?? null);
  const purchase = useBuy();
  const readOnly = useWhyNot(null);
  const sold = MODES.filter(({ value }) => apiModes.includes(value));
  const body = { apiMode, ...(region !== null && { region }) };
  return (
    <>
      {sold.length === 0 && (
        <Text>Nothing can be bought here: the operator has not finished the set-up.</Text>
      )}
      <Radio.Group label="Who pays the model" value={apiMode} onChange={(value) => setMode(value as Mode)}>
        <Stack gap="sm" mt="xs">
          {sold.map(({ value, label, meaning }) => (
            <Radio key={value} value={value} label={label} description={meaning} />
          ))}
        </Stack>
      </Radio.Group>
      {regions.length > 1 && (
        <Select
          label="Region"
          description="Where it lives, for as long as it lives."
          data={regions}
          value={region}
          allowDeselect={false}
          onChange={setRegion}
        />
      )}
      <Text c="dimmed">
        {payments === "simulated"
          ? "Next it is paid by a simulated checkout, by which no money moves; then you set the assistant up."
          : "Next it is paid on a checkout page; then you set the assistant up."}
      </Text>
      <RefusalAlert error={purchase.error} />
      <Group>
        <Unless reason={readOnly ?? (sold.length === 0 ? "Nothing is sold here yet." : null)}>
          <Button loading={purchase.isPending} onClick={() => purchase.mutate(body)}>
            Buy
          </Button>
        </Unless>
      </Group>
      <CurlSnippet method="POST" url={`${BASE}/api/v1/assistants/purchase`} body={body} />
    </>
  );
}

function useBuy() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useAction({
    mutationFn: buy,
    onSuccess: async ({ deploymentId }) => {
      void queryClient.invalidateQueries({ queryKey: deploymentKeys.all });
      await navigate({ to: "/assistants/$id", params: { id: deploymentId } });
    },
  });
}
