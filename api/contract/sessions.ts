// Calls about signing in: what a browser does to be known by a cookie, and what an account sees of its sessions.
import { z } from "zod";
import { SCOPES } from "../../stacks/database/schema.ts";
import { type ApiCall, data, named, pageOf } from "./call.ts";
import * as contract from "./requests.ts";

export const SESSION_PATH = "/api/v1/session";
const SESSIONS = "/api/v1/sessions";

const moment = z.date();

export const Session = named(
  "Session",
  z.strictObject({
    sessionId: z.uuid().nullable(),
    account: z.string(),
    keyId: z.string(),
    keyName: z.string().nullable(),
    scopes: z.array(z.enum(SCOPES)),
    isOperator: z.boolean(),
    signedInAt: moment.nullable(),
    lastUsedAt: moment.nullable(),
    endsAt: moment.nullable().describe("If it is not used again."),
    isCurrent: z.boolean().describe("Whether the call came by it."),
  }),
  "The operator's has `operator` as its key's id, and no name. A caller with the key itself has neither an id nor times.",
);

const SignInLink = named("SignInLink", z.strictObject({ url: z.string(), endsAt: moment }));

/** Without a key: its body has it. */
export const SIGN_IN = {
  method: "post",
  path: SESSION_PATH,
  tag: "Sessions",
  summary: "Sign in with an API key, or as the operator by a link; sets the session's cookie.",
  body: contract.SignInBody,
  answers: { 201: data(Session) },
  errors: ["UNAUTHORIZED", "FORBIDDEN", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "UNAVAILABLE"],
} as const satisfies ApiCall;

/** Whatever the caller's key may do. */
export const OWN_SESSION_CALLS = {
  showSession: {
    method: "get",
    path: SESSION_PATH,
    tag: "Sessions",
    summary: "Who is signed in; with X-API-Key, whose key that is.",
    answers: { 200: data(Session) },
    errors: [],
  },
  signOut: {
    method: "delete",
    path: SESSION_PATH,
    tag: "Sessions",
    summary: "Sign out: ends the session that the call comes by, at once.",
    body: contract.EmptyBody,
    answers: { 200: data(Session) },
    errors: ["NOT_FOUND"],
  },
} as const satisfies Record<string, ApiCall>;

export const SESSION_CALLS = {
  listSessions: {
    method: "get",
    path: SESSIONS,
    tag: "Sessions",
    summary:
      "Sessions of the account's keys that have not ended, newest first, by pages; the operator's own.",
    query: contract.SessionsQuery,
    answers: { 200: pageOf(Session) },
    errors: ["NOT_FOUND"],
  },
  endSession: {
    method: "delete",
    path: `${SESSIONS}/:sessionId`,
    tag: "Sessions",
    summary: "End a session at once.",
    body: contract.EmptyBody,
    answers: { 200: data(Session) },
    errors: ["NOT_FOUND"],
  },
  createSignInLink: {
    method: "post",
    path: "/api/v1/sign-in-links",
    tag: "Sessions",
    summary:
      "For the operator: a link that signs in once, within ten minutes. Its token stands behind the #.",
    body: contract.EmptyBody,
    answers: { 201: data(SignInLink) },
    errors: [],
  },
} as const satisfies Record<string, ApiCall>;
