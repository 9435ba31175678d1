// Follows what happens for as long as somebody is signed in, and says since when the page is old if it can't.
import { Alert, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onEvent, openStream, useLiveness } from "../api/live.ts";
import { keepDeployment } from "../api/live-cache.ts";
import { sessionQuery } from "../api/session.ts";
import { Moment } from "../parts/moment.tsx";

const EVENTS = ["deployment", "operation", "pairing", "seeded"];

export function LiveStream() {
  const queryClient = useQueryClient();
  useEffect(() => {
    const end = onEvent("deployment", ({ data }) => keepDeployment(queryClient, data));
    const close = openStream(queryClient, EVENTS);
    return () => {
      close();
      end();
    };
  }, [queryClient]);
  return <LostAlert />;
}

function LostAlert() {
  const queryClient = useQueryClient();
  const { lostSince } = useLiveness();
  useEffect(() => {
    // Its session may have ended: who is signed in says so.
    if (lostSince !== null) void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [lostSince, queryClient]);
  if (lostSince === null) return null;
  return (
    <Alert color="yellow" role="status" mb="md" title="This page is not live">
      <Text size="sm">
        What it shows may be old: the connection was lost <Moment at={new Date(lostSince).toISOString()} />.
        It comes back by itself.
      </Text>
    </Alert>
  );
}
