// Anthropic as it documents itself: https://platform.claude.com/docs/en/api/errors and …/api/models.
import { anthropicMessages } from "../wire/anthropic-messages.ts";
import { newId, tokens } from "../wire/turn.ts";
import { type Answer, jsonOf, type Provider, type Refusal, type Rows } from "./provider.ts";

const REFUSAL: Readonly<Record<Refusal, (model: string) => Answer>> = {
  "key refused": () => error(401, "authentication_error", "invalid x-api-key"),
  "model unknown": (model) => error(404, "not_found_error", `model: ${model}`),
  "rate limited": () =>
    error(429, "rate_limit_error", "This request would exceed your organization's rate limit.", {
      "retry-after": "1",
    }),
  "server error": () => error(500, "api_error", "Internal server error"),
  overloaded: () => error(529, "overloaded_error", "Overloaded"),
};

export const anthropic: Provider = {
  host: "api.anthropic.com",
  models: [
    "claude-opus-5-5",
    "claude-opus-5",
    "claude-sonnet-5",
    "claude-opus-4-8",
    "claude-sonnet-4-6",
    "claude-haiku-4-5-20251001",
    "claude-haiku-4-5",
    "claude-sonnet-4-5-20250929",
  ],
  routes: [
    { method: "POST", path: /^\/v1\/messages$/, kind: "turn", api: anthropicMessages },
    {
      method: "POST",
      path: /^\/v1\/messages\/count_tokens$/,
      kind: "count",
      answer: (asked) => ({ input_tokens: tokens(jsonOf(asked)) }),
    },
    { method: "GET", path: /^\/v1\/models$/, kind: "list", list },
    { method: "GET", path: /^\/v1\/models\/([^/]+)$/, kind: "model", model: (id) => row(id, "full") },
  ],
  keyIn: (headers) => headers["x-api-key"]?.toString(),
  withoutKey: error(401, "authentication_error", "x-api-key header is required"),
  withoutRoute: error(404, "not_found_error", "Not found"),
  refuse: (how, model) => REFUSAL[how](model),
  invalid: (why) => error(400, "invalid_request_error", why),
};

function list(ids: readonly string[], rows: Rows): unknown {
  const data = ids.map((id) => row(id, rows));
  return { data, has_more: false, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null };
}

function row(id: string, rows: Rows): unknown {
  const bare = { type: "model", id, display_name: id, created_at: "2025-09-29T00:00:00Z" };
  if (rows === "bare") return bare;
  const [, family, major = "0", minor = "0"] = /^claude-(\w+)-(\d)(?:-(\d)(?!\d))?/.exec(id) ?? [];
  const generation = Number(`${major}.${minor}`);
  const isLarge = generation >= 4.6 && family !== "haiku";
  const can = (supported: boolean) => ({ supported });
  const levels = { low: can(isLarge), medium: can(isLarge), high: can(isLarge), max: can(isLarge) };
  const types = { enabled: can(generation < 4.7 || !isLarge), adaptive: can(isLarge) };
  return {
    ...bare,
    max_input_tokens: 200_000,
    max_tokens: 64_000,
    capabilities: {
      batch: can(true),
      image_input: can(true),
      pdf_input: can(true),
      effort: { supported: isLarge, ...levels, xhigh: can(isLarge && generation >= 4.7) },
      thinking: { supported: true, types },
    },
  };
}

function error(
  status: number,
  type: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Answer {
  const id = newId("req");
  return {
    status,
    body: { type: "error", error: { type, message }, request_id: id },
    headers: { "request-id": id, ...headers },
  };
}
