// The one source of what clients get: the views' types are these shapes, and so is the OpenAPI document.
import { z } from "zod";
import type { AssistantOutputs } from "../../infra/args.ts";
import { MODEL_PROVIDERS } from "../../infra/assistant/openclaw.ts";
import {
  CHANNEL_STATES,
  type Warning as SchemaWarning,
  type Seen,
} from "../../stacks/database/deployment-table.ts";
import type { OperationState } from "../../stacks/database/schema.ts";
import { OPERATION_KINDS, STATUSES } from "../../stacks/lifecycle.ts";
import { StackUpdate } from "../../stacks/pulumi/inspect-stack.ts";
import { named } from "./call.ts";
import { ModelLimits } from "./model-limits.ts";

const OPERATION_STATES = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "cancelled",
] as const satisfies OperationState[];
const SEEN_STATES = [
  "missing",
  "ended",
  "restarting",
  "paused",
  "changed",
  "unexpected",
  "unknown",
] as const satisfies Seen["state"][];

const moment = z.date();
const deploymentId = z.uuid();
const status = z.enum(STATUSES);
const masked = z.string().nullable().describe("Its last four characters at most; null if there is none.");

export const Image = named(
  "Image",
  z.strictObject({
    reference: z.string().describe("What the next redeploy resolves."),
    isCustom: z
      .boolean()
      .describe("Whether the deployment asked for it; otherwise it is the installation's."),
    pinned: z
      .string()
      .nullable()
      .describe("What the assistant was brought up with last; null if it never was."),
    rolledBackFrom: z.string().nullable().describe("What an upgrade of it failed with, until one succeeds."),
  }),
);

const Outputs = named(
  "Outputs",
  z.strictObject({
    status: z.enum(["active", "stopped"]),
    replicas: z.union([z.literal(0), z.literal(1)]),
    containerId: z.string().nullable(),
    endpoint: z.string().nullable(),
    image: z.string(),
    network: z.string(),
    volume: z.string(),
    taskDefinition: z.string().optional().describe("On AWS alone."),
  }) satisfies z.ZodType<AssistantOutputs>,
  "What the deployment's Pulumi stack reported last.",
);

export const Cause = named(
  "Cause",
  z.strictObject({ code: z.string(), message: z.string() }),
  "Why an operation failed, what was kept and what to do.",
);

export const AllowedCall = z.strictObject({
  isAllowed: z.boolean(),
  reason: z.string().nullable().describe("The sentence by which the call is refused; null if it is allowed."),
});

export const Calls = named(
  "Calls",
  z.strictObject({
    activate: AllowedCall,
    redeploy: AllowedCall,
    stop: AllowedCall,
    cancel: AllowedCall.describe("Of the operation that brings it up."),
    backUp: AllowedCall,
    restore: AllowedCall,
    patch: AllowedCall.describe("Its `limits` alone are taken in every state."),
    pairing: AllowedCall,
    checkout: AllowedCall,
    delete: AllowedCall,
  }),
  "Which calls the deployment's state allows now, whatever the scopes of the caller's key.",
);

export const Operation = named(
  "Operation",
  z.strictObject({
    id: z.uuid(),
    kind: z.enum(OPERATION_KINDS),
    state: z.enum(OPERATION_STATES),
    createdAt: moment,
    startedAt: moment.nullable(),
    finishedAt: moment.nullable(),
    error: Cause.nullable(),
  }),
);

export const Deployment = named(
  "Deployment",
  z.strictObject({
    deploymentId,
    status,
    apiMode: z.enum(["byok", "managed", "unlimited"]),
    region: z.string().nullable().describe("Of AWS; null on Docker."),
    checkoutUrl: z.string().nullable(),
    name: z.string().nullable(),
    modelProvider: z
      .string()
      .nullable()
      .describe(`One of ${MODEL_PROVIDERS.join(", ")}.`),
    modelId: z.string().nullable(),
    baseUrl: z.string().nullable().describe("Of an openai-compatible server; null for other providers."),
    fallbackModels: z
      .array(z.string())
      .nullable()
      .describe("In the order in which they are asked; null if none were ever sent."),
    modelApiKey: masked,
    telegramBotToken: masked,
    unreadableSecrets: z
      .array(z.enum(["telegramBotToken", "modelApiKey"]))
      .describe("Stored secrets that can't be opened; send them again by PATCH."),
    allowFrom: z
      .array(z.string())
      .nullable()
      .describe("Ids of the Telegram users that are answered; null where pairing decides."),
    callbackUrl: z.string().nullable(),
    limits: ModelLimits.nullable().describe("The customer's own; null if there are none."),
    callbackDisabledAt: moment.nullable().describe("When the receiver asked for no more callbacks (410)."),
    image: Image,
    outputs: Outputs.nullable(),
    calls: Calls,
    createdAt: moment,
    updatedAt: moment,
  }),
);

export const Drift = named(
  "Drift",
  z.strictObject({
    expected: z.strictObject({
      status: z.enum(["active", "stopped"]),
      replicas: z.union([z.literal(0), z.literal(1)]),
    }),
    seen: z.strictObject({ state: z.enum(SEEN_STATES), detail: z.string(), since: z.iso.datetime() }),
  }),
  "What was asked for against what the engine was seen to hold.",
);

export const Warning = named(
  "Warning",
  z.strictObject({ cause: Cause, since: z.iso.datetime() }) satisfies z.ZodType<SchemaWarning>,
  "What does not work of an active assistant, or may soon end: by its own words, its model provider's, or its data's size.",
);

const Channel = named(
  "Channel",
  z.strictObject({ state: z.enum(CHANNEL_STATES), since: z.iso.datetime() }),
  "Whether Telegram hands the bot's messages to the assistant, and since when.",
);

export const DeploymentStatus = named(
  "DeploymentStatus",
  z.strictObject({
    deploymentId,
    status,
    operation: Operation.nullable(),
    outputs: Outputs.nullable(),
    drift: Drift.nullable(),
    warning: Warning.nullable(),
    channel: Channel.nullable().describe("Null unless it is active and has tried; on AWS always."),
    lastMessageAt: z.iso.datetime().nullable().describe("Of somebody who may write to the bot."),
    lastAnswerAt: z.iso.datetime().nullable(),
    lastError: z.string().nullable().describe("Why a message was not answered, in a sentence."),
    lastErrorAt: z.iso.datetime().nullable(),
    calls: Calls,
    updatedAt: moment,
  }),
);

export const Slot = named("Slot", z.strictObject({ deploymentId, checkoutUrl: z.string().nullable() }));

export const Accepted = named(
  "Accepted",
  z.strictObject({ deploymentId, status, operationId: z.uuid() }),
  "The operation is recorded and will be carried out; ask status for how it ends.",
);

const Update = z.strictObject(StackUpdate.shape);

export const Stack = named(
  "Stack",
  z.strictObject({
    name: z.string(),
    resources: z.array(
      z.strictObject({
        urn: z.string(),
        type: z.string(),
        id: z.string().nullable(),
        created: z.string().optional(),
        modified: z.string().optional(),
      }),
    ),
    outputs: z.record(z.string(), z.unknown()).describe("Secret ones are `[secret]`."),
    pendingOperations: z.int(),
    lastUpdate: Update.nullable(),
    history: z.array(Update),
  }),
  "Pulumi's own view of the deployment's stack.",
);

/** A server-sent event: an entry of an operation's log, or the operation as it has ended. */
export const LogEvent = z.strictObject({
  id: z.string().optional(),
  event: z.enum(["log", "end"]),
  data: z.string().describe("JSON."),
});

export const Live = z.strictObject({
  ok: z.literal(true),
  status: z.literal("live"),
  version: z.string().describe("Of Berth."),
});

export const Ready = named(
  "Ready",
  z.strictObject({ ok: z.boolean(), parts: z.record(z.string(), z.enum(["ok", "away"])) }),
);

export const OpenApi = z.looseObject({ openapi: z.string() });

export const Taken = z.strictObject({ ok: z.literal(true) });
