// What a running assistant says of itself. Its answer is a stranger's: bounded, and believed in form only.
import { z } from "zod";
import { sendHttp } from "./http-request.ts";
import type { Address } from "./plugin-calls.ts";
import { beginningOf } from "./whole-answer.ts";

const TIMEOUT_MS = 2_000;
const LONGEST_ANSWER = 16 * 1024;
const MOST_NAMES = 10;

const Answer = z.object({
  ready: z.boolean(),
  /** What does not work, e.g. `telegram`; answered only to who has the token. */
  failing: z.array(z.unknown()).optional(),
});

export type Readiness =
  | "ready"
  /** It has no answer that is understood: another image than OpenClaw need not have this page. */
  | "unknown"
  | "no answer"
  | { readonly failing: readonly string[] };

/** Asks an assistant whether all that it should do works. */
export async function askReadiness({ endpoint, gatewayToken, send = sendHttp }: Address): Promise<Readiness> {
  try {
    const { status, body } = await send(`${endpoint}/readyz`, {
      headers: { Authorization: `Bearer ${gatewayToken}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = String(await beginningOf(body, LONGEST_ANSWER));
    if (status !== 200 && status !== 503) return "unknown";
    const answer = Answer.safeParse(JSON.parse(text));
    if (!answer.success) return "unknown";
    const { ready, failing = [] } = answer.data;
    return ready ? "ready" : { failing: failing.filter(isName).slice(0, MOST_NAMES) };
  } catch (error) {
    return error instanceof SyntaxError ? "unknown" : "no answer";
  }
}

function isName(text: unknown): text is string {
  return typeof text === "string" && /^[\w:./-]{1,64}$/.test(text);
}
