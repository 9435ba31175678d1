// Deleting can't be undone: the page says what will be lost, and asks for the name.
import { Button, Group, List, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { BASE } from "../../api/client.ts";
import { remove } from "../../api/deployment-calls.ts";
import { type Deployment, deploymentKeys, deploymentQuery } from "../../api/deployments.ts";
import { CurlSnippet } from "../../parts/curl-snippet.tsx";
import { PageLink } from "../../parts/page-link.tsx";
import { plainText } from "../../parts/plain-text.ts";
import { RefusalAlert } from "../../parts/refusal-alert.tsx";
import { Unless } from "../../parts/unless.tsx";
import { useAction } from "../../parts/use-action.ts";
import { useWhyNot } from "../../parts/use-why-not.ts";

const route = getRouteApi("/signed-in/assistants/$id");

export function DeleteTab() {
  const { id } = route.useParams();
  const { data: deployment } = useQuery(deploymentQuery(id));
  return deployment ? <DeleteForm key={id} deployment={deployment} /> : null;
}

function DeleteForm({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id, status, calls } = deployment;
  const name = plainText(deployment.name ?? id.slice(-8));
  const [typed, setTyped] = useState("");
  const del = useRemove(id);
  const notTyped = typed.trim() === name.trim() ? null : "Type its name first.";
  const reason = useWhyNot(calls.delete) ?? notTyped;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (reason === null) del.mutate();
      }}
    >
      <Stack maw={720}>
        <Title order={2} size="h3">
          Delete
        </Title>
        <Losses deployment={deployment} />
        <TextInput
          label={
            <>
              Type <bdi>{name}</bdi> to confirm
            </>
          }
          styles={{ label: { overflowWrap: "anywhere" } }}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <RefusalAlert error={del.error} />
        <Group>
          <Unless reason={reason}>
            <Button type="submit" color="red" loading={del.isPending}>
              {status === "deleting" ? "Delete again" : "Delete for good"}
            </Button>
          </Unless>
        </Group>
        <CurlSnippet method="DELETE" url={`${BASE}/api/v1/assistants/${id}`} />
      </Stack>
    </form>
  );
}

function Losses({ deployment }: { readonly deployment: Deployment }) {
  const { deploymentId: id, status } = deployment;
  if (status === "pending_payment") return <Text>The slot is not paid: nothing is lost.</Text>;
  const isEmpty = status === "purchased";
  return (
    <>
      <Text>This can't be undone. What will be lost:</Text>
      <List spacing={4}>
        <List.Item>the slot, and what was paid for it</List.Item>
        {!isEmpty && (
          <List.Item>the assistant, its container, and all its data: memory, files, chats</List.Item>
        )}
        {!isEmpty && <List.Item>its settings, its stored keys, and who was let in</List.Item>}
        <List.Item>
          its backups
          {!isEmpty && (
            <>
              :{" "}
              <PageLink to="/assistants/$id/backups" params={{ id }} underline="always">
                download those that you want to keep
              </PageLink>
            </>
          )}
        </List.Item>
      </List>
      {!isEmpty && <Text>The Telegram bot stays yours, and can drive another assistant.</Text>}
    </>
  );
}

/** What never had anything is gone at once; otherwise the page shows how it goes. */
function useRemove(id: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useAction({
    mutationFn: () => remove(id),
    onSuccess: async ({ status }) => {
      if (status === "deleted") await navigate({ to: "/" });
      await queryClient.invalidateQueries({ queryKey: deploymentKeys.all });
    },
  });
}
