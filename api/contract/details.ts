// Calls about what there is to buy, and about single details of a deployment.
import { z } from "zod";
import { MODEL_PROVIDERS } from "../../infra/assistant/openclaw.ts";
import type { LogEntry as Entry } from "../../stacks/operations/operation-log.ts";
import { PAYMENTS } from "../../stacks/payments/payments.ts";
import { Image } from "./answers.ts";
import { type ApiCall, data, named } from "./call.ts";

const ONE = "/api/v1/assistants/:id";

const Offer = named(
  "Offer",
  z.strictObject({
    payments: z.enum(PAYMENTS).describe("`simulated` moves no money."),
    apiModes: z.array(z.enum(["byok", "managed", "unlimited"])),
    regions: z
      .array(z.string())
      .describe("Of AWS; the first one is taken if none is named. Empty on Docker."),
    operatorProviders: z
      .array(z.enum(MODEL_PROVIDERS))
      .describe("Model providers that the operator has a key for, for every mode but byok."),
  }),
  "What this installation sells.",
);
export type Offer = z.infer<typeof Offer>;

const Bot = named(
  "Bot",
  z.strictObject({
    id: z.string().describe("The bot's number, with which its token begins."),
    username: z
      .string()
      .nullable()
      .describe("As in https://t.me/<username>; null while Telegram can't be asked, or refuses the token."),
  }),
);
export type Bot = z.infer<typeof Bot>;

const DeployedImage = named(
  "DeployedImage",
  z.strictObject({
    ...Image.shape,
    latest: z
      .string()
      .nullable()
      .describe("What the next redeploy would bring it to; null if that has to be pulled first."),
  }),
);

const LogEntry = named(
  "LogEntry",
  z.strictObject({
    sequence: z.int(),
    at: z.date(),
    event: z.discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("resource"),
        step: z.enum(["started", "done", "failed"]),
        op: z.string(),
        resource: z.string(),
      }),
      z.strictObject({ kind: z.literal("diagnostic"), severity: z.string(), message: z.string() }),
      z.strictObject({
        kind: z.literal("summary"),
        durationSeconds: z.number(),
        changes: z.record(z.string(), z.number()),
      }),
    ]),
  }) satisfies z.ZodType<Entry>,
  "One entry of an operation's log.",
);

/** The cursor is the sequence of the last entry of the page before. */
export const LogPageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
  cursor: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
});

export const DETAIL_CALLS = {
  offer: {
    method: "get",
    path: "/api/v1/offer",
    tag: "Assistants",
    summary: "What can be bought here, and how it is paid.",
    answers: { 200: data(Offer) },
    errors: [],
  },
  bot: {
    method: "get",
    path: `${ONE}/bot`,
    tag: "Assistants",
    summary: "Its Telegram bot, as Telegram says; null as long as it has none.",
    answers: { 200: data(Bot.nullable()) },
    errors: ["NOT_FOUND"],
  },
  image: {
    method: "get",
    path: `${ONE}/image`,
    tag: "Assistants",
    summary: "Its image, and the one that the next redeploy would bring.",
    answers: { 200: data(DeployedImage) },
    errors: ["NOT_FOUND"],
  },
  operationLog: {
    method: "get",
    path: `${ONE}/operations/:operationId/log`,
    tag: "Assistants",
    summary: "The log of one of its latest 20 operations, oldest entry first, by pages.",
    query: LogPageQuery,
    answers: {
      200: z.strictObject({ data: z.array(LogEntry), nextCursor: z.int().nullable() }),
    },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;
