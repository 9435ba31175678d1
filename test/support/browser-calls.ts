// Calls as a browser makes them: it sends cookies along, and says from which page it comes.
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { judgeOf } from "./document.ts";

/** What a browser says of a call from the page's own origin. */
export const OWN = { "Sec-Fetch-Site": "same-origin" };

export interface BrowserAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: {
    readonly data?: Record<string, unknown>;
    readonly error?: { readonly code: string; readonly message: string };
    readonly nextCursor?: string | null;
  };
}

/**
 * One call with exactly these headers; a body that is no text is sent as JSON.
 * @throws Error when the answer is not as the OpenAPI document says
 */
export async function send(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body?: unknown,
): Promise<BrowserAnswer> {
  const isText = typeof body === "string" || body === undefined;
  const text = isText ? (body ?? "") : JSON.stringify(body);
  const sent = request(new URL(path, url), {
    method,
    headers: {
      ...(!isText && { "Content-Type": "application/json" }),
      ...(text && { "Content-Length": String(Buffer.byteLength(text)) }),
      ...headers,
    },
  });
  sent.end(text);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let all = "";
  for await (const piece of answer.setEncoding("utf8")) all += piece;
  const { statusCode: status = 0, headers: answered } = answer;
  const seen = { status, headers: answered, body: all ? JSON.parse(all) : {} };
  // What HTTP itself refuses belongs to no call.
  if (answered["x-request-id"] && method !== "HEAD") await expectDocumented(url, method, path, seen);
  return seen;
}

async function expectDocumented(
  url: string,
  method: string,
  path: string,
  { status, headers, body }: BrowserAnswer,
): Promise<void> {
  const judge = await judgeOf(url);
  const type = new Headers({ "content-type": headers["content-type"] ?? "" });
  const objection = judge({ method, path: new URL(path, url).pathname, status, headers: type, body });
  if (objection) throw new Error(`${method} ${path}: ${objection}`);
}

export interface SignedIn {
  /** As the browser sends it back. */
  readonly cookie: string;
  /** As it was set, with its attributes. */
  readonly setCookie: string;
  readonly sessionId: string;
  readonly answer: BrowserAnswer;
}

/** @throws Error when it is refused */
export async function signIn(
  url: string,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<SignedIn> {
  const answer = await send(url, "POST", "/api/v1/session", headers, body);
  const setCookie = answer.headers["set-cookie"]?.join("\n") ?? "";
  if (answer.status !== 201) throw new Error(`Not signed in: ${JSON.stringify(answer.body)}`);
  const cookie = setCookie.split(";")[0] ?? "";
  return { cookie, setCookie, sessionId: String(answer.body.data?.sessionId), answer };
}

/** Calls as Berth's own page makes them, with a cookie. @param url where it is served; asked at each call */
export function pageCalls(url: () => string) {
  const call = (cookie: string, method: string, path: string, body?: unknown): Promise<BrowserAnswer> =>
    send(url(), method, path, { Cookie: cookie, ...OWN }, body);
  const who = (cookie: string) => call(cookie, "GET", "/api/v1/session");
  return { call, who, statusOf: async (cookie: string) => (await who(cookie)).status };
}

/** Of an answer that lists sessions. */
export function idsOf({ body }: BrowserAnswer): string[] {
  return (body.data as unknown as { sessionId: string }[]).map(({ sessionId }) => sessionId);
}
