import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { payAgain, redeploy } from "../../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys } from "../../../api/deployments.ts";
import { inLines } from "../../../parts/in-lines.ts";
import { Moment } from "../../../parts/moment.tsx";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Said } from "../../../parts/said.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import type { Headline, Help } from "./headline.ts";

const COLOURS = { good: "green", info: "blue", warning: "orange", bad: "red" } as const;

interface HeadlineAlertProps {
  readonly deployment: Deployment;
  readonly headline: Headline;
}

/** What is so, and the button that helps. */
export function HeadlineAlert({ deployment, headline: { tone, sentence, since, help } }: HeadlineAlertProps) {
  const lines = inLines(sentence);
  return (
    <Alert color={COLOURS[tone]} p="md" role="status">
      <Stack gap="sm">
        <Text component="p" size="md" m={0} fw={600} maw="90ch" style={{ overflowWrap: "anywhere" }}>
          {lines.sentence}
        </Text>
        {lines.said && <Said text={lines.said} />}
        {since && (
          <Text component="p" m={0}>
            Since <Moment at={since} />
          </Text>
        )}
        {help.length > 0 && (
          <Group gap="sm">
            {help.map((one, index) => (
              <HelpButton key={one.label} deployment={deployment} help={one} isFirst={index === 0} />
            ))}
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

interface HelpButtonProps {
  readonly deployment: Deployment;
  readonly help: Help;
  readonly isFirst: boolean;
}

function HelpButton({ deployment, help, isFirst }: HelpButtonProps) {
  const id = deployment.deploymentId;
  const readOnly = useWhyNot(null);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const act = useAction({
    mutationFn: async () => {
      if (help.kind === "redeploy") await redeploy(id);
      if (help.kind === "begin-empty") await redeploy(id, { beginEmpty: true });
      if (help.kind === "pay") goToCheckout((await payAgain(id)).checkoutUrl);
      if (help.kind === "tab") await navigate({ to: `/assistants/$id/${help.tab}`, params: { id } });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deploymentKeys.one(id) }),
  });
  return (
    <>
      <Unless reason={whyNot(deployment, help, readOnly)}>
        <Button
          size="sm"
          variant={isFirst ? "filled" : "default"}
          loading={act.isPending}
          onClick={() => act.mutate()}
        >
          {help.label}
        </Button>
      </Unless>
      <RefusalAlert error={act.error} />
    </>
  );
}

function whyNot({ calls }: Deployment, { kind }: Help, readOnly: string | null): string | null {
  if (kind === "tab") return null;
  return readOnly ?? (kind === "pay" ? calls.checkout : calls.redeploy).reason;
}

function goToCheckout(url: string | null): void {
  if (url !== null && /^https?:/.test(url)) location.assign(url);
}
