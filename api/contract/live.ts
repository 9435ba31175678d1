// Calls about everything at once: the stream of an account's changes, and what is being carried out.
import { z } from "zod";
import { Operation } from "./answers.ts";
import { type ApiCall, listOf, named, streamOf } from "./call.ts";

/** Whose; `all` is for the operator. */
const accounts = z
  .enum(["own", "all"])
  .default("own")
  .describe("`all`: those of every account, for the operator alone.");

export const LiveQuery = z.strictObject({ accounts });

/** What is no id of this server's counts as one that it does not know any more. */
export const LiveHeaders = z.object({
  "last-event-id": z.string().max(100).optional().catch("unknown"),
});

export const LiveOperation = named(
  "LiveOperation",
  z.strictObject({
    deploymentId: z.uuid(),
    name: z.string().nullable().describe("Of the deployment."),
    account: z.string(),
    operation: Operation,
    progress: z
      .string()
      .nullable()
      .describe("What it is at, or was at last, in a sentence; null as long as nothing has been done."),
  }),
);

/** In the order in which a stream sends them. */
export const LIVE_EVENTS = [
  "lost",
  "reset",
  "deployment",
  "operation",
  "removed",
  "pairing",
  "callback",
  "seeded",
  "heartbeat",
  "end",
] as const;

const LiveEvent = z.strictObject({
  id: z.string().optional().describe("To go on from, as `Last-Event-ID`."),
  event: z.enum(LIVE_EVENTS),
  data: z.string().describe("JSON."),
});

export const LIVE_CALLS = {
  accountEvents: {
    method: "get",
    path: "/api/v1/events",
    tag: "Assistants",
    summary:
      "Every change of the account's deployments, operations, callbacks and requests to pair, as server-sent events: first all that there is, then `seeded`, then each change.",
    query: LiveQuery,
    headers: LiveHeaders,
    answers: { 200: streamOf(LiveEvent) },
    errors: [],
  },
  liveOperations: {
    method: "get",
    path: "/api/v1/operations",
    tag: "Assistants",
    summary:
      "The account's operations that wait or are being carried out, oldest first, five hundred at most.",
    query: LiveQuery,
    answers: { 200: listOf(LiveOperation) },
    errors: [],
  },
} as const satisfies Record<string, ApiCall>;
