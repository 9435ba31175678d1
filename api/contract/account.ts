// Calls about an account itself: its keys and its audit trail.
import * as answers from "./answers.ts";
import type { ApiCall } from "./call.ts";
import { data, listOf, pageOf } from "./envelopes.ts";
import * as contract from "./requests.ts";

const KEYS = "/api/v1/keys";

export const ACCOUNT_CALLS = {
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
