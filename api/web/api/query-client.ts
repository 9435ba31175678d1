// What was read is kept here. The stream of events says when it is old; nothing is read again and again.
import { QueryClient } from "@tanstack/react-query";
import { Refusal } from "./client.ts";

const MOST_RETRIES = 3;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // A refusal is an answer: asking again brings the same one. Only what could not be reached is tried again.
        retry: (failures, error) => isPassing(error) && failures < MOST_RETRIES,
      },
      mutations: { retry: false },
    },
  });
}

function isPassing(error: Error): boolean {
  return !(error instanceof Refusal) || error.status === 0 || error.status === 503;
}
