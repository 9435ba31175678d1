// Calls about deployments and their callbacks.
import * as answers from "../answers.ts";
import * as contract from "../contract.ts";
import { data, listOf, pageOf } from "../envelopes.ts";
import type { ApiCall } from "./api-call.ts";

const ASSISTANTS = "/api/v1/assistants";
const ONE = `${ASSISTANTS}/:id`;

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
    summary: "The log of the latest operation as server-sent events, until it has ended.",
    headers: contract.EventsHeaders,
    answers: { 200: "text/event-stream" },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;
