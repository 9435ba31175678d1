// The OpenAPI 3.1 document, made of the table of calls, the zod shapes and the registry of errors.
import { z } from "zod";
import { ERROR_CODES, ERRORS, type ErrorCode } from "../../stacks/errors.ts";
import { LogEvent } from "./answers.ts";
import { STREAMED } from "./call.ts";
import { type Answer, API_CALLS, type ApiCall, KEYED_CALLS, OPEN_CALLS } from "./calls.ts";
import { HEADERS, headersOf, IDEMPOTENCY_KEY, REQUEST_ID } from "./openapi-headers.ts";
import { answerSchemas, type Json, schemaPath, sentSchema } from "./openapi-shapes.ts";
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
  "text/event-stream": sentSchema(LogEvent),
  "application/gzip": { type: "string", contentMediaType: "application/gzip" },
} as const satisfies Record<Exclude<Answer, z.ZodType | "empty">, Json>;

const DESCRIPTION = `Berth gives each customer an AI assistant of their own in an isolated container stack.

Send your key in the header \`X-API-Key\`, or the cookie of a session: a key with the scope \`read\` may GET, one with \`write\` do everything else.
Answers are \`{data}\` or \`{error: {code, message, details?}}\`; unknown fields are refused. Lists come in pages:
\`nextCursor\` of one is the \`cursor\` of the next.

Before there is a call, HTTP itself is answered in the same shape, and the connection is closed: what is no HTTP with 400, a
request that takes longer than 20 s with 408, an \`Expect\` other than \`100-continue\` with 417, and headers of more than
16 KiB with 431, all of them INVALID_REQUEST. So are several \`Host\` headers, and one that is malformed.

No answer may be kept by caches; what is read with a key, its holder may keep and ask for again with \`If-None-Match\`.`;

/** `basePath` is where clients reach Berth on its host, e.g. \`/\`. */
export function openApiDocument(basePath: string): Json {
  const calls = { ...KEYED_CALLS, ...OPEN_CALLS };
  const all = Object.values<ApiCall>(calls).flatMap(({ answers }) => Object.values(answers));
  const schemas = answerSchemas(all.filter((answer) => typeof answer !== "string"));
  const paths: Record<string, Json> = {};
  for (const [name, call] of Object.entries<ApiCall>(calls)) {
    const path = call.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [call.method]: operation(name, call, schemas.of) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Berth", version: VERSION, description: DESCRIPTION },
    servers: [{ url: basePath }],
    tags: [...new Set(Object.values(calls).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.named,
      responses: Object.fromEntries(ERROR_CODES.map((code) => [code, failure([code])])),
      headers: HEADERS,
      securitySchemes: SECURITY,
    },
  };
}

function operation(name: string, call: ApiCall, schemaOf: (shape: z.ZodType) => Json): Json {
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
    parameters: [
      ...pathParameters(path),
      ...parameters("query", query),
      ...parameters("header", call.headers),
      REQUEST_ID,
      ...(isChange ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body && { requestBody: requestBody(body) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(call.answers).map(([status, answer]) => [
          status,
          { description: "Done.", headers, ...content(answer, schemaOf) },
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

function pathParameters(path: string): Json[] {
  const schema = path.startsWith(API_CALLS.listKeys.path)
    ? { type: "string", pattern: "^[0-9a-f]{16}$" }
    : { type: "string", format: "uuid" };
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema }));
}

function parameters(place: "query" | "header", shape: z.ZodObject | undefined): Json[] {
  return Object.entries(shape?.shape ?? {}).map(([name, value]) => ({
    name,
    in: place,
    required: !z.safeParse(value, undefined).success,
    schema: sentSchema(value),
  }));
}

function requestBody(shape: z.ZodType): Json {
  return {
    required: !shape.safeParse(undefined).success,
    content: { "application/json": { schema: sentSchema(shape) } },
  };
}

function content(answer: Answer, schemaOf: (shape: z.ZodType) => Json): Json {
  if (answer === "empty") return {};
  if (typeof answer === "string") return { content: { [answer]: { schema: TEXTS[answer] } } };
  const type = STREAMED.has(answer) ? "text/event-stream" : "application/json";
  return { content: { [type]: { schema: schemaOf(answer) } } };
}

/** By status, in the order of the registry. One code's answer stands among the components. */
function failures(codes: ReadonlySet<ErrorCode>): Record<string, Json> {
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

function failure(codes: readonly ErrorCode[]): Json {
  const schemas = codes.map((code) => ({ $ref: schemaPath(code) }));
  return {
    description: codes.map((code) => `${code}: ${ERRORS[code].meaning}`).join("\n\n"),
    headers: headersOf(["X-Request-Id", ...(codes.some(isTemporary) ? (["Retry-After"] as const) : [])]),
    content: { "application/json": { schema: schemas.length > 1 ? { anyOf: schemas } : schemas[0] } },
  };
}

function isTemporary(code: ErrorCode): boolean {
  return code === "RATE_LIMITED" || code === "IDEMPOTENCY_CONFLICT";
}
