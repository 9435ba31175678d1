// Follows what happens for as long as somebody is signed in, and says since when the page is old if it can't.
import { Alert, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useMatches } from "@tanstack/react-router";
import { useEffect } from "react";
import { openStream, useLostSince } from "../api/live.ts";
import { followEvents } from "../api/live-cache.ts";
import { sessionQuery } from "../api/session.ts";
import { Moment } from "../parts/moment.tsx";

/** On the operator's pages, of all accounts. */
export function LiveStream() {
  const queryClient = useQueryClient();
  const accounts = useMatches({ select: isOperators }) ? "all" : "own";
  useEffect(() => {
    const end = followEvents(queryClient);
    // The session may have ended: the API says who is signed in.
    const close = openStream(accounts, () => {
      void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    });
    return () => {
      close();
      end();
    };
  }, [queryClient, accounts]);
  return <LostAlert />;
}

function isOperators(matches: readonly { readonly routeId: string }[]): boolean {
  return matches.some(({ routeId }) => routeId === "/signed-in/operator");
}

function LostAlert() {
  const lostSince = useLostSince();
  if (lostSince === null) return null;
  return (
    <Alert color="yellow" role="status" mb="md" title="This page is not live">
      <Text>
        The connection was lost <Moment at={new Date(lostSince).toISOString()} />, and what is shown may be as
        old as that. It comes back by itself.
      </Text>
    </Alert>
  );
}
