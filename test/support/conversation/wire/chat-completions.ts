// OpenAI's Chat Completions (https://platform.openai.com/docs/api-reference/chat), which OpenRouter and xAI have too.
import { z } from "zod";
import { event, newId, pieces, type Reply, sinceModel, type Turn, tokens, type WireApi } from "./turn.ts";

const Part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  input_audio: z.object({ data: z.string() }).optional(),
});
const Content = z.union([z.string(), z.array(Part)]).nullish();
const Body = z.object({
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  messages: z.array(z.looseObject({ role: z.string(), content: Content })).min(1),
  tools: z
    .array(
      z.object({ function: z.looseObject({ name: z.string(), parameters: z.looseObject({}).optional() }) }),
    )
    .nullish(),
});

export const chatCompletions: WireApi = (given) => {
  const body = Body.parse(given);
  const head = { id: newId("chatcmpl"), created: Math.floor(Date.now() / 1000), model: body.model };
  return {
    turn: turnOf(body),
    billed: (reply) => ({ input: tokens(body), output: tokens(reply) }),
    whole: (reply) => ({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message: messageOf(reply), logprobs: null, finish_reason: finish(reply) }],
      usage: usage(body, reply),
    }),
    stream(reply) {
      const chunk = (choices: readonly unknown[], more?: object) =>
        event({ ...head, object: "chat.completion.chunk", choices, ...more });
      const choice = (delta: unknown, finish_reason: string | null = null) => [
        { index: 0, delta, finish_reason },
      ];
      return [
        chunk(choice({ role: "assistant", content: "text" in reply ? "" : null })),
        ...deltas(reply).map((delta) => chunk(choice(delta))),
        chunk(choice({}, finish(reply))),
        ...(body.stream_options?.include_usage ? [chunk([], { usage: usage(body, reply) })] : []),
        event("[DONE]"),
      ];
    },
  };
};

function turnOf(body: z.infer<typeof Body>): Turn {
  const since = sinceModel(body.messages, ({ role }) => role === "assistant");
  const results = since.filter(({ role }) => role === "tool");
  const parts = since.filter(({ role }) => role === "user").flatMap(({ content }) => partsOf(content));
  return {
    model: body.model,
    isStreamed: body.stream ?? false,
    said: body.messages.filter(({ role }) => role === "user").map(({ content }) => textOf(content)),
    tools: (body.tools ?? []).map(({ function: { name, parameters } }) => ({
      name,
      takes: Object.keys((parameters?.properties as object | undefined) ?? {}),
    })),
    toolResult: results.length > 0 ? results.map(({ content }) => textOf(content)).join("\n") : undefined,
    pictures: parts.filter(({ type }) => type === "image_url").length,
    recordings: parts.flatMap(({ input_audio }) =>
      input_audio ? [Buffer.from(input_audio.data, "base64")] : [],
    ),
  };
}

function partsOf(content: z.infer<typeof Content>): z.infer<typeof Part>[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
}

function textOf(content: z.infer<typeof Content>): string {
  return partsOf(content)
    .map(({ text }) => text ?? "")
    .join("");
}

function messageOf(reply: Reply): Record<string, unknown> {
  if ("text" in reply) return { role: "assistant", content: reply.text, refusal: null };
  const called = { name: reply.tool, arguments: JSON.stringify(reply.input) };
  const tool_calls = [{ id: newId("call"), type: "function", function: called }];
  return { role: "assistant", content: null, refusal: null, tool_calls };
}

function deltas(reply: Reply): Record<string, unknown>[] {
  if ("text" in reply) return pieces(reply.text).map((content) => ({ content }));
  const begun = {
    index: 0,
    id: newId("call"),
    type: "function",
    function: { name: reply.tool, arguments: "" },
  };
  const rest = pieces(JSON.stringify(reply.input)).map((part) => ({
    index: 0,
    function: { arguments: part },
  }));
  return [begun, ...rest].map((call) => ({ tool_calls: [call] }));
}

function finish(reply: Reply): string {
  return "text" in reply ? "stop" : "tool_calls";
}

function usage(body: unknown, reply: Reply): Record<string, unknown> {
  const [prompt_tokens, completion_tokens] = [tokens(body), tokens(reply)];
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
