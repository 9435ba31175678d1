// Upgrade of many: whom it is for, then one after the other, with its stop rule.
import { Button, Checkbox, Group, List, Loader, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { MAX_FAILURES } from "../../../../stacks/operations/rollout.ts";
import { type FleetMember, fleetKeys, readWholeFleet } from "../../api/fleet.ts";
import { Page } from "../../parts/page.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useWhyNot } from "../../parts/use-why-not.ts";
import { RolloutProgress } from "./upgrade/rollout-progress.tsx";
import { useRollout } from "./upgrade/use-rollout.ts";
import { type Whom, whomToUpgrade } from "./upgrade/whom.ts";

export function UpgradePage() {
  const readOnly = useWhyNot(null);
  const rollout = useRollout();
  const [image, setImage] = useState<string>();
  const [retries, setRetries] = useState(false);
  const fleet = useQuery({
    queryKey: [...fleetKeys.all, "whole", image ?? ""],
    queryFn: () => readWholeFleet(image),
  });
  const whom = fleet.data && whomToUpgrade(fleet.data, { image, retries });
  const isReady = rollout.phase === "ready";
  return (
    <Page
      title="Upgrade many"
      isNarrow
      above={<PageLink to="/operator/fleet">Fleet</PageLink>}
      intro={`Brings what is active to the image that it should have by now, one after the other. ${MAX_FAILURES} failures stop it. It goes on as long as this page is open.`}
    >
      {isReady && (
        <>
          <ImageForm error={fleet.error} onImage={setImage} />
          <Checkbox
            label="Try again what was rolled back from this image"
            checked={retries}
            onChange={(event) => setRetries(event.currentTarget.checked)}
          />
          {fleet.isPending && <Loader aria-label="Loading" />}
          {whom && <WhomList whom={whom} />}
          <Group>
            <Unless reason={readOnly ?? whyNobody(whom)}>
              <Button onClick={() => whom && rollout.start(whom.due, image)}>
                Upgrade {whom?.due.length ?? ""}
              </Button>
            </Unless>
          </Group>
        </>
      )}
      {!isReady && <RolloutProgress {...rollout} onStop={rollout.stop} onReset={rollout.reset} />}
    </Page>
  );
}

function whyNobody(whom: Whom<FleetMember> | undefined): string | null {
  if (!whom) return "The fleet is being read.";
  return whom.due.length === 0 ? "No deployment is due." : null;
}

interface ImageFormProps {
  readonly error: Error | null;
  readonly onImage: (image: string | undefined) => void;
}

function ImageForm({ error, onImage }: ImageFormProps) {
  const form = useForm({ initialValues: { image: "" } });
  return (
    <form onSubmit={form.onSubmit(({ image }) => onImage(image.trim() || undefined))}>
      <Stack gap="xs">
        <Group align="end">
          <TextInput
            label="Image"
            description="Each one gets it as an image of its own. Empty: what each should have."
            placeholder="ghcr.io/openclaw/openclaw:2026.9.6"
            flex={1}
            miw={260}
            {...form.getInputProps("image")}
          />
          <Button type="submit" variant="default">
            Compare
          </Button>
        </Group>
        <RefusalAlert error={error} />
      </Stack>
    </form>
  );
}

function WhomList({ whom: { due, leftAlone } }: { readonly whom: Whom<FleetMember> }) {
  return (
    <Stack gap="xs" role="status">
      <Text fw={600}>{due.length === 1 ? "1 is due." : `${due.length} are due.`}</Text>
      <List>
        {leftAlone.map(({ standing, text, count }) => (
          <List.Item key={standing}>
            {count} {text}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
