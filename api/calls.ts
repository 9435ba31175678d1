// THE table of calls: the app's routes and the OpenAPI document come from it. Paths as Express writes them.
import type { z } from "zod";
import type { ErrorCode } from "../stacks/errors.ts";
import * as answers from "./answers.ts";
import * as contract from "./contract.ts";

const { data, listOf, pageOf } = answers;

/** What a call answers when it succeeds: a JSON shape, another media type, or no body. */
export type Answer = z.ZodType | "text/html" | "text/event-stream" | "empty";

export interface ApiCall {
  readonly method: "get" | "post" | "patch" | "delete";
  readonly path: string;
  readonly tag: "Assistants" | "Callbacks" | "Keys" | "Audit" | "Payments" | "Server";
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Beyond those that every call of its kind can end in. */
  readonly errors: readonly ErrorCode[];
}

const ASSISTANTS = "/api/v1/assistants";
const ONE = `${ASSISTANTS}/:id`;
const KEYS = "/api/v1/keys";

/** Calls that need a key. */
export const API_CALLS = {
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
    query: contract.ListQuery,
    answers: { 200: pageOf(answers.Deployment) },
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
    summary: "Change settings; a later redeploy applies them.",
    body: contract.PatchBody,
    answers: { 200: data(answers.Deployment) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
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
    errors: ["NOT_FOUND", "INVALID_STATE"],
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
  redeploy: {
    method: "post",
    path: `${ONE}/redeploy`,
    tag: "Assistants",
    summary: "Apply the current settings; bring back what is stopped or has failed.",
    body: contract.EmptyBody,
    answers: { 202: data(answers.Accepted) },
    errors: ["NOT_FOUND", "INVALID_STATE"],
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
    summary: "The log of the latest operation as server-sent events `log`, until its `end`.",
    headers: contract.EventsHeaders,
    answers: { 200: "text/event-stream" },
    errors: ["NOT_FOUND"],
  },
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
  createKey: {
    method: "post",
    path: KEYS,
    tag: "Keys",
    summary: "A new key; its text is in this answer only.",
    body: contract.CreateKeyBody,
    answers: { 201: data(answers.NewKey) },
    errors: ["LIMIT_REACHED"],
  },
  listKeys: {
    method: "get",
    path: KEYS,
    tag: "Keys",
    summary: "The account's keys, without their texts.",
    query: contract.AccountQuery,
    answers: { 200: listOf(answers.Key) },
    errors: ["NOT_FOUND"],
  },
  revokeKey: {
    method: "delete",
    path: `${KEYS}/:id`,
    tag: "Keys",
    summary: "End a key at once.",
    body: contract.EmptyBody,
    answers: { 200: data(answers.Key) },
    errors: ["NOT_FOUND"],
  },
  rotateKey: {
    method: "post",
    path: `${KEYS}/:id/rotate`,
    tag: "Keys",
    summary: "A successor of a key, which works on for a while.",
    body: contract.RotateKeyBody,
    answers: { 201: data(answers.NewKey) },
    errors: ["NOT_FOUND"],
  },
  audit: {
    method: "get",
    path: "/api/v1/audit",
    tag: "Audit",
    summary: "The account's calls, newest first, by pages.",
    query: contract.AuditQuery,
    answers: { 200: pageOf(answers.AuditRow) },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;

/** Calls without a key. */
export const OPEN_CALLS = {
  live: {
    method: "get",
    path: "/healthz",
    tag: "Server",
    summary: "Whether Berth lives.",
    answers: { 200: answers.Live },
    errors: [],
  },
  ready: {
    method: "get",
    path: "/readyz",
    tag: "Server",
    summary: "Whether database, engine and pulumi are there.",
    answers: { 200: answers.Ready, 503: answers.Ready },
    errors: [],
  },
  openapi: {
    method: "get",
    path: "/api/openapi",
    tag: "Server",
    summary: "This document.",
    answers: { 200: answers.OpenApi },
    errors: [],
  },
  docs: {
    method: "get",
    path: "/docs",
    tag: "Server",
    summary: "This document as a page.",
    answers: { 200: "text/html" },
    errors: [],
  },
  checkoutPage: {
    method: "get",
    path: "/checkout/:checkoutId",
    tag: "Payments",
    summary: "The page of a checkout.",
    answers: { 200: "text/html" },
    errors: ["NOT_FOUND", "UNAVAILABLE"],
  },
  checkoutPay: {
    method: "post",
    path: "/checkout/:checkoutId",
    tag: "Payments",
    summary: "Pay by a simulated checkout; leads back to its page.",
    answers: { 303: "empty" },
    errors: ["NOT_FOUND", "UNAVAILABLE"],
  },
  polarWebhook: {
    method: "post",
    path: "/webhooks/polar",
    tag: "Payments",
    summary: "What Polar tells, signed as Standard Webhooks 1.0 says.",
    headers: contract.WebhookHeaders,
    body: contract.WebhookBody,
    answers: { 202: answers.Taken },
    errors: [
      "INVALID_REQUEST",
      "INVALID_SIGNATURE",
      "NOT_FOUND",
      "PAYLOAD_TOO_LARGE",
      "UNSUPPORTED_MEDIA_TYPE",
      "UNAVAILABLE",
    ],
  },
} as const satisfies Record<string, ApiCall>;
