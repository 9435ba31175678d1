// THE registry of errors that a client can get. README and tests are checked against it.

export const ERRORS = {
  INVALID_REQUEST: { status: 400, meaning: "The request is malformed; `details` names each wrong field." },
  UNAUTHORIZED: { status: 401, meaning: "The X-API-Key header is missing or wrong." },
  INVALID_SIGNATURE: {
    status: 403,
    meaning: "The webhook was not signed by Polar within the last five minutes.",
  },
  NOT_FOUND: { status: 404, meaning: "There is no such deployment or page." },
  INVALID_STATE: {
    status: 409,
    meaning: "The call is not allowed in the deployment's state; `details` names the states that allow it.",
  },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: "The body is larger than 64 KiB." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: "The body is not JSON in UTF-8." },
  INTERNAL_ERROR: { status: 500, meaning: "A fault of Berth; nothing was changed unless status says so." },
  PAYMENT_NOT_CONFIGURED: { status: 500, meaning: "The operator has not finished setting up payments." },
  UNAVAILABLE: {
    status: 503,
    meaning: "A part that Berth needs is away, or its room is used up; try again later.",
  },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error meant for the client. The message tells what happened, what was kept and what to do. */
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

export function notFound(): BerthError {
  return new BerthError("NOT_FOUND", "There is no deployment with this id.");
}
