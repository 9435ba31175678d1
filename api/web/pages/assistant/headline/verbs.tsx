// What can be done to an assistant now. The API says of each verb whether it is allowed, and why it is not.
import { Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { makeBackup } from "../../../api/backups.ts";
import { redeploy, stop } from "../../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys, type Operation } from "../../../api/deployments.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { isLive } from "./headline.ts";

const UNDER_WAY = "This is being done.";

interface VerbsProps {
  readonly deployment: Deployment;
  readonly operation: Operation | null;
}

export function Verbs({ deployment, operation }: VerbsProps) {
  const { deploymentId: id, status, calls } = deployment;
  const kind = isLive(operation) ? operation.kind : undefined;
  const start = useVerb(id, () => redeploy(id));
  const halt = useVerb(id, () => stop(id));
  const keep = useVerb(id, () => makeBackup(id));
  const navigate = useNavigate();
  const isStarting = kind === "activate" || kind === "redeploy";
  const whyNotStart = useWhyNot(calls.redeploy);
  const whyNotStop = useWhyNot(calls.stop);
  const whyNotBackUp = useWhyNot(calls.backUp);
  return (
    <>
      <Group gap="xs" role="group" aria-label="What can be done">
        <Verb verb={start} reason={whyNotStart} isRunning={isStarting}>
          {status === "stopped" || kind === "activate"
            ? ["Start", "Starting…"]
            : ["Redeploy", "Redeploying…"]}
        </Verb>
        <Verb verb={halt} reason={whyNotStop} isRunning={kind === "stop"}>
          {["Stop", "Stopping…"]}
        </Verb>
        <Verb verb={keep} reason={whyNotBackUp} isRunning={kind === "backup"}>
          {["Back up", "Backing up…"]}
        </Verb>
        <Unless reason={kind === "delete" ? (calls.delete.reason ?? UNDER_WAY) : calls.delete.reason}>
          <Button
            variant="default"
            px="md"
            {...(kind !== "delete" && { c: "var(--mantine-color-red-text)" })}
            onClick={() => void navigate({ to: "/assistants/$id/delete", params: { id } })}
          >
            {kind === "delete" ? "Deleting…" : "Delete"}
          </Button>
        </Unless>
      </Group>
      <RefusalAlert error={start.error ?? halt.error ?? keep.error} />
    </>
  );
}

interface VerbProps {
  readonly verb: ReturnType<typeof useVerb>;
  readonly reason: string | null;
  /** Whether its operation is waiting or carried out. */
  readonly isRunning: boolean;
  /** Its words, and those while it runs. */
  readonly children: readonly [string, string];
}

function Verb({ verb, reason, isRunning, children: [words, during] }: VerbProps) {
  const isBusy = isRunning || verb.isPending;
  return (
    <Unless reason={isBusy ? (reason ?? UNDER_WAY) : reason}>
      <Button variant="default" px="md" onClick={() => verb.mutate()}>
        {isBusy ? during : words}
      </Button>
    </Unless>
  );
}

/** Its operation begins at once; whatever the page knows of the deployment is old then. */
function useVerb(id: string, call: () => Promise<unknown>) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: call,
    onSettled: () => queryClient.invalidateQueries({ queryKey: deploymentKeys.one(id) }),
  });
}
