// OpenAI's Responses (https://platform.openai.com/docs/api-reference/responses, …/responses-streaming), which xAI has too.
import { z } from "zod";
import {
  event,
  newId,
  pieces,
  type Reply,
  sinceModel,
  type Turn,
  tokens,
  UnanswerableBody,
  type WireApi,
} from "./turn.ts";

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Content = z.union([z.string(), z.array(Part)]);
const Item = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: Content.nullish(),
  output: Content.optional(),
});
const Body = z.object({
  model: z.string(),
  stream: z.boolean().nullish(),
  input: z.union([z.string(), z.array(Item)]),
  previous_response_id: z.string().nullish(),
  store: z.boolean().nullish(),
  tools: z
    .array(z.looseObject({ name: z.string().optional(), parameters: z.looseObject({}).nullish() }))
    .default([]),
});
type Items = readonly z.infer<typeof Item>[];

/** What was put into each response that is stored, and what it gave: a call may go on from it. */
const stored = new Map<string, Items>();

export const openaiResponses: WireApi = (given) => {
  const body = Body.parse(given);
  const written = typeof body.input === "string" ? [{ role: "user", content: body.input }] : body.input;
  const items = [...itemsBefore(body.previous_response_id), ...written];
  const id = newId("resp");
  const give = (reply: Reply) => {
    const item = itemOf(reply);
    if (body.store !== false) stored.set(id, [...items, Item.parse(item)]);
    return item;
  };
  const response = (status: string, reply?: Reply, output: readonly unknown[] = []) => ({
    id,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status,
    error: null,
    incomplete_details: null,
    model: body.model,
    output,
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
    usage: reply ? usage(body, reply) : null,
  });
  return {
    turn: turnOf(body, items),
    billed: (reply) => ({ input: tokens(body), output: tokens(reply) }),
    whole: (reply) => response("completed", reply, [give(reply)]),
    stream(reply) {
      const item = give(reply);
      return [
        { type: "response.created", response: response("in_progress") },
        { type: "response.in_progress", response: response("in_progress") },
        ...itemEvents(item, reply),
        { type: "response.output_item.done", output_index: 0, item },
        { type: "response.completed", response: response("completed", reply, [item]) },
      ].map((data, sequence_number) => event({ ...data, sequence_number }, data.type));
    },
  };
};

function turnOf(body: z.infer<typeof Body>, items: Items): Turn {
  const since = sinceModel(items, ({ role, type }) => role === "assistant" || type === "function_call");
  const results = since.filter(({ type }) => type === "function_call_output");
  const parts = since.filter(({ role }) => role === "user").flatMap(({ content }) => partsOf(content));
  return {
    model: body.model,
    isStreamed: body.stream ?? false,
    said: items.filter(({ role }) => role === "user").map(({ content }) => textOf(content)),
    tools: body.tools.map(({ name = "", parameters }) => ({
      name,
      takes: Object.keys((parameters?.properties as object | undefined) ?? {}),
    })),
    toolResult: results.length > 0 ? results.map(({ output }) => textOf(output)).join("\n") : undefined,
    pictures: parts.filter(({ type }) => type === "input_image").length,
    recordings: [],
  };
}

function itemsBefore(id: string | null | undefined): Items {
  const items = id ? stored.get(id) : [];
  if (items) return items;
  throw new UnanswerableBody(`Previous response with id '${id}' not found.`, "previous_response_not_found");
}

function itemEvents(
  item: Record<string, unknown>,
  reply: Reply,
): ({ type: string } & Record<string, unknown>)[] {
  const place = { item_id: item.id, output_index: 0 };
  const begun = {
    ...item,
    status: "in_progress",
    ...("text" in reply ? { content: [] } : { arguments: "" }),
  };
  const added = { type: "response.output_item.added", output_index: 0, item: begun };
  if (!("text" in reply)) {
    const name = "response.function_call_arguments";
    const written = JSON.stringify(reply.input);
    const deltas = pieces(written).map((delta) => ({ type: `${name}.delta`, ...place, delta }));
    return [added, ...deltas, { type: `${name}.done`, ...place, arguments: written }];
  }
  const at = { ...place, content_index: 0 };
  return [
    added,
    { type: "response.content_part.added", ...at, part: partOf("") },
    ...pieces(reply.text).map((delta) => ({
      type: "response.output_text.delta",
      ...at,
      delta,
      logprobs: [],
    })),
    { type: "response.output_text.done", ...at, text: reply.text, logprobs: [] },
    { type: "response.content_part.done", ...at, part: partOf(reply.text) },
  ];
}

function itemOf(reply: Reply): Record<string, unknown> {
  if ("text" in reply) {
    const content = [partOf(reply.text)];
    return { type: "message", id: newId("msg"), role: "assistant", status: "completed", content };
  }
  const call = { type: "function_call", id: newId("fc"), call_id: newId("call"), status: "completed" };
  return { ...call, name: reply.tool, arguments: JSON.stringify(reply.input) };
}

function partOf(text: string): Record<string, unknown> {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function partsOf(content: z.infer<typeof Content> | null | undefined): z.infer<typeof Part>[] {
  return typeof content === "string" ? [{ type: "input_text", text: content }] : (content ?? []);
}

function textOf(content: z.infer<typeof Content> | null | undefined): string {
  return partsOf(content)
    .map(({ text }) => text ?? "")
    .join("");
}

function usage(body: unknown, reply: Reply): Record<string, unknown> {
  const [input_tokens, output_tokens] = [tokens(body), tokens(reply)];
  return {
    input_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + output_tokens,
  };
}
