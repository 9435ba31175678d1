// One deployment of any account, as the operator sees it: what is so, its image, its stack, and how to go on in a terminal.
import { Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { fleetKeys, memberQuery } from "../../../api/fleet.ts";
import { ANY_CHANGE, useReadAgain } from "../../../api/use-events.ts";
import { shownName } from "../../../parts/names.ts";
import { ButtonLink, PageLink } from "../../../parts/page-link.tsx";
import { RefusalAlert } from "../../../parts/refusal-alert.tsx";
import { StateDot } from "../../../parts/state-dot.tsx";
import { useSession } from "../../../parts/use-session.ts";
import { useTitle } from "../../../parts/use-title.ts";
import { MemberFacts } from "./member-facts.tsx";
import { MemberStack } from "./member-stack.tsx";
import { PulumiCommands } from "./pulumi-commands.tsx";
import { SentenceOf } from "./sentence-of.tsx";
import { UpgradeOne } from "./upgrade-one.tsx";

const route = getRouteApi("/signed-in/operator/fleet/$id");

export function MemberPage() {
  const { id } = route.useParams();
  useReadAgain({ names: ANY_CHANGE, id }, fleetKeys.one(id));
  const { data: member, error, isPending } = useQuery(memberQuery(id));
  const name = member ? shownName(member) : `Deployment ${id.slice(-8)}`;
  useTitle(name);
  return (
    <Stack gap="lg">
      <Stack gap="xs">
        <PageLink to="/operator/fleet">Fleet</PageLink>
        <Group>
          <Title order={1} size="h2">
            <bdi>{name}</bdi>
          </Title>
          {member && <StateDot status={member.status} />}
        </Group>
        {member && <SentenceOf member={member} isWhole />}
      </Stack>
      <RefusalAlert error={error} />
      {isPending && <Loader aria-label="Loading" />}
      {member && (
        <>
          <MemberFacts member={member} />
          <Group>
            <UpgradeOne member={member} />
            <ButtonLink to="/operator/doctor" search={{ deployment: id }} variant="default">
              Examine it
            </ButtonLink>
            <OwnPage id={id} account={member.account} />
          </Group>
          <MemberStack member={member} />
          <PulumiCommands id={id} />
        </>
      )}
    </Stack>
  );
}

/** The operator's own deployments have the customer's page, too. */
function OwnPage({ id, account }: { readonly id: string; readonly account: string }) {
  const session = useSession();
  if (session.account === account)
    return (
      <ButtonLink to="/assistants/$id" params={{ id }} variant="default">
        As its customer
      </ButtonLink>
    );
  return (
    <Text c="dimmed" maw={480}>
      Logs, pairing and backups are its customer's alone: only a key of the account sees them.
    </Text>
  );
}
