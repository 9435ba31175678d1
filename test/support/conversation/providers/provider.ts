// What a provider is to the fakes: its host, where it takes its key, its calls, and how it refuses them.
import type { IncomingHttpHeaders } from "node:http";
import { type Asked, fieldsOf } from "../http.ts";
import { spokenIn } from "../telegram/voice.ts";
import { tokens, type WireApi } from "../wire/turn.ts";

/** How a test can have a call refused. */
const REFUSALS = ["key refused", "model unknown", "rate limited", "server error", "overloaded"] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `bare`: rows that have an id, and nothing that is optional. */
export type Rows = "full" | "bare";

interface Call {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** Needs no key. */
  readonly isOpen?: true;
}
export type Route = Call &
  (
    | { readonly kind: "turn"; readonly api: WireApi }
    | { readonly kind: "list"; list(ids: readonly string[], rows: Rows): unknown }
    | { readonly kind: "model"; model(id: string): unknown }
    | {
        readonly kind: "embedding" | "transcription" | "count" | "account";
        answer(asked: Asked): unknown;
      }
  );
export type CallKind = Route["kind"] | "unknown";

export interface Provider {
  readonly host: string;
  /** Ids of its models, and other names for them. */
  readonly models: readonly string[];
  readonly routes: readonly Route[];
  keyIn(headers: IncomingHttpHeaders): string | undefined;
  /** Of a call without a key. */
  readonly withoutKey: Answer;
  /** Of a path that there is not. */
  readonly withoutRoute: Answer;
  refuse(how: Refusal, model: string): Answer;
  /** Of a body that can't be answered, with the API's code for that if it has one. */
  invalid(why: string, code: string | null): Answer;
}

export function bearer({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer (.+)$/.exec(authorization ?? "")?.[1];
}

export function jsonOf(asked: Asked): unknown {
  return JSON.parse(asked.body.toString("utf8"));
}

/** https://platform.openai.com/docs/api-reference/embeddings; its libraries ask for base64. */
export function embeddings(asked: Asked): unknown {
  const { input, model, encoding_format } = jsonOf(asked) as Record<string, unknown>;
  const vector = Float32Array.from({ length: 1536 }, (_, index) => (index === 0 ? 1 : 0));
  const embedding =
    encoding_format === "base64" ? Buffer.from(vector.buffer).toString("base64") : [...vector];
  const data = [input].flat().map((_, index) => ({ object: "embedding", index, embedding }));
  const used = tokens(input);
  return { object: "list", model, data, usage: { prompt_tokens: used, total_tokens: used } };
}

/** The words of a recording that came in multipart or as base64. */
export async function transcription(asked: Asked): Promise<string> {
  const inside = spokenIn(asked.body);
  if (inside !== undefined) return inside;
  const { input_audio } = await fieldsOf(asked);
  return spokenIn(Buffer.from((input_audio as { data?: string } | undefined)?.data ?? "", "base64")) ?? "";
}
