// Calls about what is sent to a deployment's callback URL.
import { z } from "zod";
import { type ApiCall, data, named, pageOf } from "./call.ts";
import * as contract from "./requests.ts";

const ONE = "/api/v1/assistants/:id";

const moment = z.date();
const CALLBACK_STATES = ["pending", "delivered", "failed", "disabled"] as const;

export const CallbackSecret = named(
  "CallbackSecret",
  z.strictObject({
    secret: z.string().describe("A secret of Standard Webhooks: `whsec_` and base64."),
    previousSignsUntil: moment.nullable(),
  }),
);

export const Callback = named(
  "Callback",
  z.strictObject({
    id: z.uuid().describe("Also the header webhook-id."),
    type: z.string(),
    state: z.enum(CALLBACK_STATES),
    attempts: z.array(
      z.strictObject({
        at: z.iso.datetime(),
        statusCode: z.int().nullable(),
        error: z.string().nullable(),
      }),
    ),
    nextAttemptAt: moment.nullable(),
    createdAt: moment,
  }),
);

export const CALLBACK_CALLS = {
  callbacks: {
    method: "get",
    path: `${ONE}/callbacks`,
    tag: "Callbacks",
    summary: "The deployment's callbacks, newest first, by pages; of deleted ones too.",
    query: contract.ListQuery,
    answers: { 200: pageOf(Callback) },
    errors: ["NOT_FOUND"],
  },
  replay: {
    method: "post",
    path: `${ONE}/callbacks/:callbackId/replay`,
    tag: "Callbacks",
    summary: "Send a callback once more, under its id.",
    body: contract.EmptyBody,
    answers: { 202: data(Callback) },
    errors: ["NOT_FOUND", "CALLBACKS_DISABLED"],
  },
  showSecret: {
    method: "get",
    path: `${ONE}/callback-secret`,
    tag: "Callbacks",
    summary: "What the receiver verifies callbacks with.",
    answers: { 200: data(CallbackSecret) },
    errors: ["NOT_FOUND"],
  },
  rotateSecret: {
    method: "post",
    path: `${ONE}/callback-secret/rotate`,
    tag: "Callbacks",
    summary: "A new secret; callbacks carry signatures of both for 24 hours.",
    body: contract.EmptyBody,
    answers: { 200: data(CallbackSecret) },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;
