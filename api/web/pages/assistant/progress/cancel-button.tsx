import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { cancel } from "../../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys } from "../../../api/deployments.ts";
import { ConfirmDialog } from "../../../parts/confirm-dialog.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";

interface CancelButtonProps {
  readonly deployment: Deployment;
  readonly operationId: string;
}

/** Of what brings an assistant up. */
export function CancelButton({ deployment, operationId }: CancelButtonProps) {
  const { deploymentId: id, calls } = deployment;
  const [isAsking, setAsking] = useState(false);
  const reason = useWhyNot(calls.cancel);
  const queryClient = useQueryClient();
  const end = useAction({
    mutationFn: () => cancel(id, operationId),
    onSuccess: () => setAsking(false),
    onSettled: () => queryClient.invalidateQueries({ queryKey: deploymentKeys.one(id) }),
  });
  return (
    <>
      <Unless reason={reason}>
        <Button variant="default" size="xs" onClick={() => setAsking(true)}>
          Cancel
        </Button>
      </Unless>
      <ConfirmDialog
        title="Cancel this?"
        isOpen={isAsking}
        verb="Cancel and stop it"
        backVerb="Go on"
        whyNot={reason}
        isPending={end.isPending}
        error={end.error}
        onConfirm={() => end.mutate()}
        onClose={() => setAsking(false)}
      >
        <Text>It is stopped then. Its settings and its data stay, and “Start” brings it up.</Text>
      </ConfirmDialog>
    </>
  );
}
