// THE registry of errors that a client can get. docs/api.md and tests are checked against it.

export const ERRORS = {
  INVALID_REQUEST: { status: 400, meaning: "The request is malformed; `details` names each wrong field." },
  UNAUTHORIZED: {
    status: 401,
    meaning: "The X-API-Key header is missing or wrong, or the key, session or link has ended.",
  },
  FORBIDDEN: {
    status: 403,
    meaning:
      "The API key may not do this: it lacks the scope, or is not the operator's; or a browser's call came from another page than Berth's.",
  },
  INVALID_SIGNATURE: {
    status: 403,
    meaning: "The webhook was not signed by Polar within the last five minutes.",
  },
  NOT_FOUND: {
    status: 404,
    meaning:
      "There is no such deployment, backup, key, session, account, pairing or page, or it is another account's.",
  },
  INVALID_STATE: {
    status: 409,
    meaning: "The call is not allowed in the deployment's state; `details` names the states that allow it.",
  },
  BOT_IN_USE: { status: 409, meaning: "Another assistant is driving this Telegram bot; one bot has one." },
  LIMIT_REACHED: { status: 409, meaning: "The account has as many deployments or keys as it may have." },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    meaning: "The first call with this Idempotency-Key is still running; try again in a moment.",
  },
  CALLBACKS_DISABLED: {
    status: 409,
    meaning: "The deployment has no `callbackUrl`, or its receiver answered 410; set one by PATCH.",
  },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: "The body is larger than 64 KiB." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: "The body is not JSON in UTF-8." },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    meaning:
      "This Idempotency-Key belongs to another call, or to another API key's: take a new one for a new call.",
  },
  RATE_LIMITED: { status: 429, meaning: "Too many calls; the header Retry-After says when to try again." },
  INTERNAL_ERROR: { status: 500, meaning: "A fault of Berth; nothing was changed unless status says so." },
  PAYMENT_NOT_CONFIGURED: { status: 500, meaning: "The operator has not finished setting up payments." },
  UNAVAILABLE: {
    status: 503,
    meaning: "A part that Berth needs is away, or its room is used up; try again later.",
  },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** An error meant for the client. The message says what happened, what was kept and what to do. */
export class BerthError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, details?: unknown) {
    super(message);
    this.name = "BerthError";
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

export const NO_DEPLOYMENT = "There is no deployment with this id.";

export function notFound(): BerthError {
  return new BerthError("NOT_FOUND", NO_DEPLOYMENT);
}
