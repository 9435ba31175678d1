// What was read is kept here. The stream of events says when it is old; nothing is read again and again.
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Refusal } from "./client.ts";
import { sessionQuery } from "./session.ts";

const MOST_RETRIES = 3;
/** Berth may run on this very machine: whether the browser has a network says nothing of it. */
const NETWORK = "always";

export function createQueryClient(): QueryClient {
  // The session has ended, wherever that shows first.
  const onError = (error: Error) => {
    if (error instanceof Refusal && error.status === 401) client.setQueryData(sessionQuery.queryKey, null);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.options.meta?.isSignIn !== true) onError(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        networkMode: NETWORK,
        // A refusal is an answer: asking again brings the same one. Only what could not be reached is tried again.
        retry: (failures, error) => isPassing(error) && failures < MOST_RETRIES,
      },
      mutations: { retry: false, networkMode: NETWORK },
    },
  });
  return client;
}

function isPassing(error: Error): boolean {
  return !(error instanceof Refusal) || error.status === 0 || error.status === 503;
}
