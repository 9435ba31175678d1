// The typed client: every call of the page goes through it, by the session's cookie.
import createClient from "openapi-fetch";
import { noteTime } from "./clock.ts";
import type { components, paths } from "./types.ts";

export type Shapes = components["schemas"];

/** Where Berth is served, without a slash at the end. */
export const BASE = document.baseURI.replace(/\/$/, "");

export const client = createClient<paths>({ baseUrl: BASE, credentials: "same-origin" });
client.use({ onResponse: ({ response }) => noteTime(response.headers.get("Date")) });

/** What the API has answered instead of what was asked for. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** A sentence for each wrong field of the body. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | null;

  constructor(status: number, { code, message, fields = {}, requestId = null }: Problem) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.requestId = requestId;
  }
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly requestId?: string | null;
}

interface Result<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The answer of a call.
 * @throws Refusal with the API's own sentence; with one of the page's if Berth could not be reached
 */
export async function answerOf<T>(call: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new Refusal(0, {
      code: "UNREACHABLE",
      message: "Berth could not be reached. Try again in a moment.",
    });
  });
  if (response.ok) return data as T;
  throw refusalOf(error, response);
}

/** A proxy in between may answer with anything. */
function refusalOf(body: unknown, response: Response): Refusal {
  const requestId = response.headers.get("X-Request-Id");
  const { error } = (typeof body === "object" && body !== null ? body : {}) as {
    error?: { code?: string; message?: string; details?: readonly { field: string; message: string }[] };
  };
  const details = Array.isArray(error?.details) ? error.details : [];
  return new Refusal(response.status, {
    code: error?.code ?? "UNEXPECTED",
    message: error?.message ?? `Something between this page and Berth has answered ${response.status}.`,
    fields: Object.fromEntries(details.map(({ field, message }) => [field, message])),
    requestId,
  });
}
