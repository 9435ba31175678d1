// Calls about an account itself: its keys and its audit trail; and what they answer.
import { z } from "zod";
import { SCOPES } from "../../stacks/database/schema.ts";
import { type ApiCall, data, named, pageOf } from "./call.ts";
import * as contract from "./requests.ts";

const KEYS = "/api/v1/keys";

const moment = z.date();
const key = {
  keyId: z.string(),
  account: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: moment,
  expiresAt: moment.nullable(),
  revokedAt: moment.nullable(),
  lastUsedAt: moment.nullable(),
};

export const Key = named("Key", z.strictObject(key));

export const NewKey = named(
  "NewKey",
  z.strictObject({ ...key, apiKey: z.string() }),
  "Its text is shown this once.",
);

export const AuditRow = named(
  "AuditRow",
  z.strictObject({
    id: z.uuid(),
    at: moment,
    account: z.string().nullable(),
    keyId: z.string().nullable(),
    sessionId: z.uuid().nullable().describe("Of a call by a session; null for one with the key itself."),
    method: z.string(),
    route: z.string().nullable(),
    deploymentId: z.uuid().nullable(),
    status: z.int(),
    errorCode: z.string().nullable(),
    requestId: z.string(),
    address: z.string().nullable(),
  }),
);

export const ACCOUNT_CALLS = {
  createKey: {
    method: "post",
    path: KEYS,
    tag: "Keys",
    summary: "A new key; its text is in this answer only.",
    body: contract.CreateKeyBody,
    answers: { 201: data(NewKey) },
    errors: ["LIMIT_REACHED"],
  },
  listKeys: {
    method: "get",
    path: KEYS,
    tag: "Keys",
    summary: "The account's keys, without their texts, newest first, by pages.",
    query: contract.KeysQuery,
    answers: { 200: pageOf(Key, contract.KeyId) },
    errors: ["NOT_FOUND"],
  },
  revokeKey: {
    method: "delete",
    path: `${KEYS}/:id`,
    tag: "Keys",
    summary: "End a key at once.",
    body: contract.EmptyBody,
    answers: { 200: data(Key) },
    errors: ["NOT_FOUND"],
  },
  rotateKey: {
    method: "post",
    path: `${KEYS}/:id/rotate`,
    tag: "Keys",
    summary: "A successor of a key, which works on for a while.",
    body: contract.RotateKeyBody,
    answers: { 201: data(NewKey) },
    errors: ["NOT_FOUND"],
  },
  audit: {
    method: "get",
    path: "/api/v1/audit",
    tag: "Audit",
    summary: "The account's calls, newest first, by pages.",
    query: contract.AuditQuery,
    answers: { 200: pageOf(AuditRow) },
    errors: ["NOT_FOUND"],
  },
  downloadAudit: {
    method: "get",
    path: "/api/v1/audit/download",
    tag: "Audit",
    summary: "The account's calls as a CSV file, newest first, all of them.",
    query: contract.AuditFilter,
    answers: { 200: "text/csv" },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;
