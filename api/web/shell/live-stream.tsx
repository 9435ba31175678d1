// Follows what happens for as long as somebody is signed in, and says since when the page is old if it can't.
import { Alert, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { openStream, useLostSince } from "../api/live.ts";
import { followEvents } from "../api/live-cache.ts";
import { sessionQuery } from "../api/session.ts";
import { Moment } from "../parts/moment.tsx";

export function LiveStream() {
  const queryClient = useQueryClient();
  useEffect(() => {
    const end = followEvents(queryClient);
    const close = openStream();
    return () => {
      close();
      end();
    };
  }, [queryClient]);
  return <LostAlert />;
}

function LostAlert() {
  const queryClient = useQueryClient();
  const lostSince = useLostSince();
  useEffect(() => {
    // The session may have ended: the API says who is signed in.
    if (lostSince !== null) void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [lostSince, queryClient]);
  if (lostSince === null) return null;
  return (
    <Alert color="yellow" role="status" mb="md" title="This page is not live">
      <Text size="sm">
        The connection was lost <Moment at={new Date(lostSince).toISOString()} />, and what is shown may be as
        old as that. It comes back by itself.
      </Text>
    </Alert>
  );
}
