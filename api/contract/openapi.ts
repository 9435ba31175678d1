// The OpenAPI 3.1 document, made of the table of calls, the zod shapes and the registry of errors.
import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiMediaTypeObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from "zod-openapi";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../../stacks/errors.ts";
import { LogEvent } from "./answers.ts";
import { STREAMED } from "./call.ts";
import { type Answer, API_CALLS, type ApiCall, KEYED_CALLS, OPEN_CALLS } from "./calls.ts";
import { HEADERS, headersOf, IDEMPOTENCY_KEY, REQUEST_ID } from "./openapi-headers.ts";
import { problemOf, SHAPE_OPTIONS } from "./openapi-shapes.ts";
import { VERSION } from "./version.ts";

/** Errors of every call that needs a key. Any may carry a body, which is read before the call itself. */
const API_ERRORS: readonly ErrorCode[] = [
  "INVALID_REQUEST",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "PAYLOAD_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "RATE_LIMITED",
  "INTERNAL_ERROR",
  "UNAVAILABLE",
];
const CHANGING_ERRORS: readonly ErrorCode[] = ["IDEMPOTENCY_CONFLICT", "IDEMPOTENCY_MISMATCH"];
const OPEN_ERRORS: readonly ErrorCode[] = ["INVALID_REQUEST", "RATE_LIMITED", "INTERNAL_ERROR"];

const SECURITY = {
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
  cookie: {
    type: "apiKey",
    in: "cookie",
    name: "berth-session",
    description:
      "Set by signing in. The installation's id follows its name, and behind https `__Host-` precedes it. Where X-API-Key is sent as well, that counts. A change must come from Berth's own page: `Sec-Fetch-Site: same-origin`, or without that header an `Origin` that is Berth's.",
  },
} as const;

/** Of a stream, what one event is. */
const TEXTS = {
  "text/html": { type: "string" },
  "text/plain": { type: "string" },
  "text/csv": { type: "string" },
  "text/event-stream": LogEvent,
  "application/gzip": { type: "string", contentMediaType: "application/gzip" },
} as const satisfies Record<Exclude<Answer, z.ZodType | "empty">, ZodOpenApiMediaTypeObject["schema"]>;

const DESCRIPTION = `Berth gives each customer an AI assistant of their own in an isolated container stack.

Send your key in the header \`X-API-Key\`, or the cookie of a session: a key with the scope \`read\` may GET, one with \`write\` do everything else.
Answers are \`{data}\` or \`{error: {code, message, details?}}\`; unknown fields are refused. Lists come in pages:
\`nextCursor\` of one is the \`cursor\` of the next.

Before there is a call, HTTP itself is answered in the same shape, and the connection is closed: what is no HTTP with 400, a
request that takes longer than 20 s with 408, an \`Expect\` other than \`100-continue\` with 417, and headers of more than
16 KiB with 431, all of them INVALID_REQUEST. So are several \`Host\` headers, and one that is malformed.

No answer may be kept by caches; what is read with a key, its holder may keep and ask for again with \`If-None-Match\`.`;

/** `basePath` is where clients reach Berth on its host, e.g. `/`. */
export function openApiDocument(basePath: string) {
  const calls = { ...KEYED_CALLS, ...OPEN_CALLS };
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, call] of Object.entries<ApiCall>(calls)) {
    const path = call.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [call.method]: operation(name, call) };
  }
  return createDocument(
    {
      openapi: "3.1.1",
      info: { title: "Berth", version: VERSION, description: DESCRIPTION },
      servers: [{ url: basePath }],
      tags: [...new Set(Object.values(calls).map(({ tag }) => tag))].map((name) => ({ name })),
      paths,
      components: {
        responses: Object.fromEntries(ERROR_CODES.map((code) => [code, failure([code])])),
        headers: HEADERS,
        securitySchemes: SECURITY,
      },
    },
    SHAPE_OPTIONS,
  );
}

function operation(name: string, call: ApiCall): ZodOpenApiOperationObject {
  const { method, path, tag, summary, query, body } = call;
  const needsKey = name in KEYED_CALLS;
  // What a session's own calls answer is for that session alone: none is kept.
  const isChange = name in API_CALLS && method !== "get";
  const headers = headersOf([
    "X-Request-Id",
    ...(needsKey ? (["RateLimit", "RateLimit-Policy"] as const) : []),
    ...(isChange ? (["Idempotency-Replayed"] as const) : []),
  ]);
  const errors = [
    ...(needsKey ? API_ERRORS : OPEN_ERRORS),
    ...(isChange ? CHANGING_ERRORS : []),
    ...call.errors,
  ];
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(needsKey && { security: [{ apiKey: [] }, { cookie: [] }] }),
    requestParams: {
      path: pathParameters(path),
      ...(query && { query }),
      ...(call.headers && { header: call.headers }),
    },
    parameters: [REQUEST_ID, ...(isChange ? [IDEMPOTENCY_KEY] : [])],
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { "application/json": { schema: body } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(call.answers).map(([status, answer]) => [
          status,
          { description: "Done.", headers, ...content(answer) },
        ]),
      ),
      ...(method === "get" &&
        !isStream(call) && { 304: { description: "As `If-None-Match` says it is known." } }),
      ...failures(new Set(errors)),
    },
  };
}

/** What is never the same again. */
function isStream({ answers }: ApiCall): boolean {
  return Object.values(answers).some(
    (answer) => answer === "text/event-stream" || (typeof answer !== "string" && STREAMED.has(answer)),
  );
}

function pathParameters(path: string): z.ZodObject {
  const id = path.startsWith(API_CALLS.listKeys.path) ? z.string().regex(/^[0-9a-f]{16}$/) : z.uuid();
  return z.object(Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name]) => [name, id])));
}

function content(answer: Answer): Pick<ZodOpenApiResponseObject, "content"> {
  if (answer === "empty") return {};
  if (typeof answer === "string") return { content: { [answer]: { schema: TEXTS[answer] } } };
  const type = STREAMED.has(answer) ? "text/event-stream" : "application/json";
  return { content: { [type]: { schema: answer } } };
}

/** By status, in the order of the registry. One code's answer stands among the components. */
function failures(codes: ReadonlySet<ErrorCode>): ZodOpenApiOperationObject["responses"] {
  const byStatus = Map.groupBy(
    ERROR_CODES.filter((code) => codes.has(code)),
    (code) => ERRORS[code].status,
  );
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      ofStatus.length === 1 ? { $ref: `#/components/responses/${ofStatus[0]}` } : failure(ofStatus),
    ]),
  );
}

function failure(codes: readonly ErrorCode[]): ZodOpenApiResponseObject {
  const [first = z.never(), ...others] = codes.map(problemOf);
  return {
    description: codes.map((code) => `${code}: ${ERRORS[code].meaning}`).join("\n\n"),
    headers: headersOf(["X-Request-Id", ...(codes.some(isTemporary) ? (["Retry-After"] as const) : [])]),
    content: { "application/json": { schema: others.length > 0 ? z.union([first, ...others]) : first } },
  };
}

function isTemporary(code: ErrorCode): boolean {
  return code === "RATE_LIMITED" || code === "IDEMPOTENCY_CONFLICT";
}
