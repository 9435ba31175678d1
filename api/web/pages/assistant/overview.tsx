// What comes next for an assistant: its slot is paid, it is set up, somebody writes to it; and how it does.
import { Alert, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import {
  type Deployment,
  type DeploymentStatus,
  deploymentQuery,
  statusQuery,
} from "../../api/deployments.ts";
import { pastQuery, samplesQuery } from "../../api/metrics.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { ActivatePanel } from "../buy/activate-form.tsx";
import { PayPanel } from "../buy/pay-panel.tsx";
import { AskedAndSeen } from "./overview/asked-and-seen.tsx";
import { Metrics } from "./overview/metrics.tsx";
import { PairingRequests } from "./pairing/requests.tsx";
import { usePairings } from "./pairing/use-pairings.ts";
import { BotLink } from "./pairing/write-to-bot.tsx";

const route = getRouteApi("/signed-in/assistants/$id");

export function OverviewTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  const { data: status, error } = useQuery(statusQuery(id));
  if (!deployment) return null;
  if (deployment.status === "pending_payment") return <PayPanel deployment={deployment} />;
  if (deployment.status === "purchased") return <ActivatePanel deployment={deployment} />;
  return (
    <Stack gap="xl">
      {deployment.status === "active" && <FirstMessage deployment={deployment} status={status} />}
      <RefusalAlert error={error} />
      {status && <Present deployment={deployment} status={status} />}
    </Stack>
  );
}

interface PresentProps {
  readonly deployment: Deployment;
  readonly status: DeploymentStatus;
}

function Present({ deployment, status }: PresentProps) {
  const isUp = deployment.status === "active";
  const measured = useQuery({ ...samplesQuery(deployment.deploymentId), enabled: isUp });
  const samples = isUp ? measured.data : undefined;
  const { data: past = [] } = useQuery(pastQuery(deployment.deploymentId));
  return (
    <>
      <AskedAndSeen
        deployment={deployment}
        status={status}
        usage={measured.isError ? undefined : samples?.at(-1)}
      />
      {isUp && !status.drift && <RefusalAlert error={measured.error} />}
      <Metrics samples={samples ?? []} past={past} otherwise={withoutSample(isUp, measured.isError)} />
    </>
  );
}

/** What stands in the place of what it uses now. */
function withoutSample(isUp: boolean, isUnknown: boolean): string {
  if (!isUp) return "It does not run now.";
  return isUnknown ? "It can't be measured now." : "…";
}

interface FirstMessageProps {
  readonly deployment: Deployment;
  readonly status: DeploymentStatus | undefined;
}

/** Until somebody has written, it says to whom; and who waits to be let in. */
function FirstMessage({ deployment, status }: FirstMessageProps) {
  const { deploymentId: id, allowFrom } = deployment;
  const { data: requests = [] } = usePairings(deployment);
  const isNew =
    status?.lastMessageAt === null && status.drift === null && deployment.telegramBotToken !== null;
  if (!isNew && requests.length === 0) return null;
  return (
    <Alert color="teal" title={requests.length > 0 ? "Somebody wants to write to it" : "Write to it"}>
      <Stack gap="sm">
        {requests.length === 0 && (
          <Text>
            Write to <BotLink id={id} /> on Telegram.{" "}
            {allowFrom && allowFrom.length > 0
              ? "Those whom the settings allow are answered."
              : "The bot answers with a code, and your request appears here: let yourself in."}
          </Text>
        )}
        {requests.length > 0 && <PairingRequests id={id} requests={requests} />}
      </Stack>
    </Alert>
  );
}
