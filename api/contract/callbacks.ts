// Calls about what a deployment's callback URL is told.
import * as answers from "./answers.ts";
import type { ApiCall } from "./call.ts";
import { data, pageOf } from "./envelopes.ts";
import * as contract from "./requests.ts";

const ONE = "/api/v1/assistants/:id";

export const CALLBACK_CALLS = {
  callbacks: {
    method: "get",
    path: `${ONE}/callbacks`,
    tag: "Callbacks",
    summary: "The deployment's callbacks, newest first, by pages; of deleted ones too.",
    query: contract.ListQuery,
    answers: { 200: pageOf(answers.Callback) },
    errors: ["NOT_FOUND"],
  },
  replay: {
    method: "post",
    path: `${ONE}/callbacks/:callbackId/replay`,
    tag: "Callbacks",
    summary: "Send a callback once more, under its id.",
    body: contract.EmptyBody,
    answers: { 202: data(answers.Callback) },
    errors: ["NOT_FOUND", "CALLBACKS_DISABLED"],
  },
  showSecret: {
    method: "get",
    path: `${ONE}/callback-secret`,
    tag: "Callbacks",
    summary: "What the receiver verifies callbacks with.",
    answers: { 200: data(answers.CallbackSecret) },
    errors: ["NOT_FOUND"],
  },
  rotateSecret: {
    method: "post",
    path: `${ONE}/callback-secret/rotate`,
    tag: "Callbacks",
    summary: "A new secret; callbacks carry signatures of both for 24 hours.",
    body: contract.EmptyBody,
    answers: { 200: data(answers.CallbackSecret) },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;
