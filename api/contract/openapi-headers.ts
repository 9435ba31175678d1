// Headers that many calls have in common, as the OpenAPI document describes them.

/** Of answers. */
export const HEADERS = {
  "X-Request-Id": header("The caller's own id, or a new one. It is in the log and the audit row as well."),
  RateLimit: header('What is left of the key\'s budget, e.g. `"reads";r=299999;t=60`.'),
  "RateLimit-Policy": header('The budget, e.g. `"reads";q=300000;w=60`.'),
  "Retry-After": header("Seconds after which the call may be made again."),
  "Idempotency-Replayed": header("`true` on an answer that was given before to the same call."),
} as const;

export const REQUEST_ID = parameter(
  "X-Request-Id",
  "The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one.",
);

export const IDEMPOTENCY_KEY = parameter(
  "Idempotency-Key",
  "1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours.",
);

/** References to some of them, for one answer. */
export function headersOf(names: readonly (keyof typeof HEADERS)[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function header(description: string) {
  return { description, schema: { type: "string" } } as const;
}

function parameter(name: string, description: string) {
  return { name, in: "header", description, schema: { type: "string" } } as const;
}
