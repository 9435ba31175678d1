import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FleetMember, fleetKeys, upgradeMember } from "../../../api/fleet.ts";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { Unless } from "../../../parts/unless.tsx";
import { useAction } from "../../../parts/use-action.ts";
import { useWhyNot } from "../../../parts/use-why-not.ts";
import { imageStanding } from "./image-standing.ts";

const UNDER_WAY = ["queued", "running"];

export function UpgradeOne({ member }: { readonly member: FleetMember }) {
  const { deploymentId: id, calls, operation } = member;
  const whyNot = useWhyNot(calls.upgrade);
  const queryClient = useQueryClient();
  const upgrade = useAction({
    mutationFn: () => upgradeMember(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: fleetKeys.one(id) }),
  });
  const isUnderWay =
    operation !== null && UNDER_WAY.includes(operation.state) && member.status === "deploying";
  const isCurrent = imageStanding(member)?.word === "Current";
  return (
    <>
      <Unless reason={whyNot}>
        <Button
          variant={isCurrent ? "default" : "filled"}
          loading={upgrade.isPending}
          onClick={() => upgrade.mutate()}
        >
          {isUnderWay ? "Upgrading…" : "Upgrade"}
        </Button>
      </Unless>
      {isCurrent && calls.upgrade.isAllowed && (
        <Text c="dimmed">It has this image already: an upgrade replaces its container.</Text>
      )}
      <RefusalAlert error={upgrade.error} />
    </>
  );
}
