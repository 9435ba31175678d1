// Calls about deployments and their callbacks.
import { z } from "zod";
import type { UsageWithState } from "../../stacks/deployments/logs-and-usage.ts";
import type { Pairing as PendingPairing } from "../../stacks/deployments/pairing.ts";
import type { PastSample } from "../../stacks/deployments/samples.ts";
import * as answers from "./answers.ts";
import { type ApiCall, data, listOf, named, pageOf } from "./call.ts";
import { DeploymentsQuery, ListedDeployment, StatusTotals, TotalsQuery } from "./listed.ts";
import * as contract from "./requests.ts";

const ASSISTANTS = "/api/v1/assistants";
const ONE = `${ASSISTANTS}/:id`;

const Usage = named(
  "Usage",
  z.strictObject({
    cpuCores: z.number().nullable().describe("Over the last second; on AWS over the last measured minute."),
    memoryBytes: z.number().nullable(),
    memoryLimitBytes: z.number(),
    receivedBytes: z.number().nullable().describe("Since the container's start; null on AWS and Kubernetes."),
    sentBytes: z.number().nullable().describe("As receivedBytes."),
    restarts: z.int().nullable().describe("By the engine itself; null on AWS."),
    uptimeSeconds: z.number(),
    stateUsedBytes: z
      .number()
      .nullable()
      .describe("Of its data, at the last measurement; null until there was one, and on AWS."),
    stateLimitBytes: z.number().nullable().describe("Null where there is no limit, as on AWS."),
  }) satisfies z.ZodType<UsageWithState>,
  "What an assistant uses. On AWS, CPU and memory are null until CloudWatch has measured them.",
);

const UsageSample = named(
  "UsageSample",
  z.strictObject({
    at: z.date(),
    seconds: z
      .number()
      .nullable()
      .describe(
        "Of how long before `at` this is the average. Null for the first one after a start or a gap: of the time before it nothing is known.",
      ),
    cpuCores: z.number().nullable(),
    memoryBytes: z.number().nullable().describe("At that moment."),
    receivedBytesPerSecond: z.number().nullable().describe("Null on AWS and Kubernetes."),
    sentBytesPerSecond: z.number().nullable().describe("As receivedBytesPerSecond."),
    stateUsedBytes: z
      .number()
      .nullable()
      .describe("Of its data, as it was last measured by then; null on AWS."),
  }) satisfies z.ZodType<PastSample>,
  "What an assistant has used up to one moment.",
);

const Pairing = named(
  "Pairing",
  z.strictObject({
    code: z.string(),
    userId: z.string(),
    name: z.string().nullable(),
    requestedAt: z.string(),
  }) satisfies z.ZodType<PendingPairing>,
);

const ApprovedPairing = named(
  "ApprovedPairing",
  z.strictObject({
    deploymentId: z.uuid(),
    code: z.string(),
    isNotified: z.boolean().describe("Whether the user was notified in the chat."),
  }),
);

export const ASSISTANT_CALLS = {
  purchase: {
    method: "post",
    path: `${ASSISTANTS}/purchase`,
    tag: "Assistants",
    summary: "Buy a slot: an unpaid one, and the page to pay it on.",
    body: contract.PurchaseBody,
    answers: { 201: data(answers.Slot) },
    errors: ["LIMIT_REACHED", "PAYMENT_NOT_CONFIGURED"],
  },
  list: {
    method: "get",
    path: ASSISTANTS,
    tag: "Assistants",
    summary: "The account's deployments, newest first, by pages.",
    query: DeploymentsQuery,
    answers: { 200: pageOf(ListedDeployment) },
    errors: [],
  },
  totals: {
    method: "get",
    path: `${ASSISTANTS}/totals`,
    tag: "Assistants",
    summary: "How many deployments the account has in each status.",
    query: TotalsQuery,
    answers: { 200: data(StatusTotals) },
    errors: [],
  },
  show: {
    method: "get",
    path: ONE,
    tag: "Assistants",
    summary: "One deployment, without its secrets.",
    answers: { 200: data(answers.Deployment) },
    errors: ["NOT_FOUND"],
  },
  patch: {
    method: "patch",
    path: ONE,
    tag: "Assistants",
    summary: "Change settings; an active assistant takes them at once, another one when it is brought up.",
    body: contract.PatchBody,
    answers: { 200: data(answers.Deployment) },
    errors: ["BOT_IN_USE", "NOT_FOUND", "INVALID_STATE"],
  },
  remove: {
    method: "delete",
    path: ONE,
    tag: "Assistants",
    summary: "Delete the assistant, its data and its stack.",
    body: contract.EmptyBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  activate: {
    method: "post",
    path: `${ONE}/activate`,
    tag: "Assistants",
    summary: "Configure a paid slot and bring its assistant up.",
    body: contract.ActivateBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["BOT_IN_USE", "NOT_FOUND", "INVALID_STATE"],
  },
  checkoutAgain: {
    method: "post",
    path: `${ONE}/checkout`,
    tag: "Assistants",
    summary: "A page to pay again on for what was suspended.",
    body: contract.EmptyBody,
    answers: { 201: data(answers.Slot) },
    errors: ["NOT_FOUND", "INVALID_STATE", "PAYMENT_NOT_CONFIGURED"],
  },
  status: {
    method: "get",
    path: `${ONE}/status`,
    tag: "Assistants",
    summary: "What the deployment's stack and its latest operation say; of deleted ones too.",
    answers: { 200: data(answers.DeploymentStatus) },
    errors: ["NOT_FOUND"],
  },
  stop: {
    method: "post",
    path: `${ONE}/stop`,
    tag: "Assistants",
    summary: "Stop the assistant and keep its data.",
    body: contract.EmptyBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  cancel: {
    method: "post",
    path: `${ONE}/operations/:operationId/cancel`,
    tag: "Assistants",
    summary: "Cancel an activation or a redeploy that has not ended, and stop the assistant.",
    body: contract.EmptyBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  redeploy: {
    method: "post",
    path: `${ONE}/redeploy`,
    tag: "Assistants",
    summary: "Apply the current settings and image; bring back what is stopped or has failed.",
    body: contract.RedeployBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["BOT_IN_USE", "NOT_FOUND", "INVALID_STATE"],
  },
  stack: {
    method: "get",
    path: `${ONE}/stack`,
    tag: "Assistants",
    summary: "Pulumi's own view of the stack; null until there is one.",
    answers: { 200: data(answers.Stack.nullable()) },
    errors: ["NOT_FOUND"],
  },
  operations: {
    method: "get",
    path: `${ONE}/operations`,
    tag: "Assistants",
    summary: "The latest hundred operations, newest first.",
    answers: { 200: listOf(answers.Operation) },
    errors: ["NOT_FOUND"],
  },
  events: {
    method: "get",
    path: `${ONE}/events`,
    tag: "Assistants",
    summary: "The log of the latest operation as server-sent events, until it has ended.",
    headers: contract.EventsHeaders,
    answers: { 200: "text/event-stream" },
    errors: ["NOT_FOUND"],
  },
  logs: {
    method: "get",
    path: `${ONE}/logs`,
    tag: "Assistants",
    summary:
      "What the assistant has written, as text or as server-sent events, without the secrets that Berth knows. Each event of a line has the moment at which it was written as its id. The last event is `end`; its `reason` is `no_more`, `time_is_up` or `key_ended`.",
    query: contract.LogsQuery,
    answers: { 200: "text/plain" },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  metrics: {
    method: "get",
    path: `${ONE}/metrics`,
    tag: "Assistants",
    summary: "What the assistant uses right now.",
    answers: { 200: data(Usage) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  pastMetrics: {
    method: "get",
    path: `${ONE}/metrics/history`,
    tag: "Assistants",
    summary:
      "What the assistant has used in the last hour, oldest first, measured about once a minute. Where it did not run, or was not measured, there is nothing.",
    answers: { 200: listOf(UsageSample) },
    errors: ["NOT_FOUND"],
  },
  listPairings: {
    method: "get",
    path: `${ONE}/pairing`,
    tag: "Assistants",
    summary: "Who wants to write to the bot and waits to be approved.",
    answers: { 200: listOf(Pairing) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
  approvePairing: {
    method: "post",
    path: `${ONE}/pairing/approve`,
    tag: "Assistants",
    summary: "Let the user who was sent this code write to the bot.",
    body: contract.ApprovePairingBody,
    answers: { 200: data(ApprovedPairing) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
  },
} as const satisfies Record<string, ApiCall>;
