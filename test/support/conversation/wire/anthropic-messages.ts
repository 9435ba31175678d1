// Anthropic's Messages (https://platform.claude.com/docs/en/api/messages, …/build-with-claude/streaming).
import { z } from "zod";
import { event, newId, pieces, type Reply, sinceModel, type Turn, tokens, type WireApi } from "./turn.ts";

const Block = z.looseObject({ type: z.string(), text: z.string().optional() });
const Content = z.union([z.string(), z.array(Block)]);
const Body = z.object({
  model: z.string(),
  max_tokens: z.int().min(1),
  stream: z.boolean().default(false),
  messages: z.array(z.object({ role: z.enum(["user", "assistant"]), content: Content })).min(1),
  tools: z.array(z.looseObject({ name: z.string(), input_schema: z.looseObject({}).optional() })).default([]),
});
const ToolResult = z.object({ content: Content.default("") });

export const anthropicMessages: WireApi = (given) => {
  const body = Body.parse(given);
  const head = { id: newId("msg"), type: "message", role: "assistant", model: body.model };
  const used = { input_tokens: tokens(body), cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  return {
    turn: turnOf(body),
    billed: (reply) => ({ input: used.input_tokens, output: tokens(reply) }),
    whole: (reply) => ({
      ...head,
      content: [blockOf(reply)],
      stop_reason: stopReason(reply),
      stop_sequence: null,
      usage: { ...used, output_tokens: tokens(reply) },
    }),
    stream(reply) {
      const message = { ...head, content: [], stop_reason: null, stop_sequence: null };
      const delta = { stop_reason: stopReason(reply), stop_sequence: null };
      return [
        { type: "message_start", message: { ...message, usage: { ...used, output_tokens: 1 } } },
        { type: "content_block_start", index: 0, content_block: { ...blockOf(reply), ...empty(reply) } },
        { type: "ping" },
        ...deltas(reply).map((delta) => ({ type: "content_block_delta", index: 0, delta })),
        { type: "content_block_stop", index: 0 },
        { type: "message_delta", delta, usage: { output_tokens: tokens(reply) } },
        { type: "message_stop" },
      ].map((data) => event(data, data.type));
    },
  };
};

function turnOf(body: z.infer<typeof Body>): Turn {
  const users = body.messages.filter(({ role }) => role === "user");
  const since = sinceModel(body.messages, ({ role }) => role === "assistant").flatMap(({ content }) =>
    blocks(content),
  );
  const results = since.filter(({ type }) => type === "tool_result");
  return {
    model: body.model,
    isStreamed: body.stream,
    said: users.map(({ content }) => textOf(content)),
    tools: body.tools.map(({ name, input_schema }) => ({
      name,
      takes: Object.keys((input_schema?.properties as object | undefined) ?? {}),
    })),
    toolResult:
      results.length > 0
        ? results.map((result) => textOf(ToolResult.parse(result).content)).join("\n")
        : undefined,
    pictures: since.filter(({ type }) => type === "image").length,
    recordings: [],
  };
}

function blocks(content: z.infer<typeof Content>): z.infer<typeof Block>[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function textOf(content: z.infer<typeof Content>): string {
  return blocks(content)
    .map(({ text }) => text ?? "")
    .join("");
}

function blockOf(reply: Reply): Record<string, unknown> {
  return "text" in reply
    ? { type: "text", text: reply.text }
    : { type: "tool_use", id: newId("toolu"), name: reply.tool, input: reply.input };
}

function empty(reply: Reply): Record<string, unknown> {
  return "text" in reply ? { text: "" } : { input: {} };
}

function deltas(reply: Reply): Record<string, unknown>[] {
  return "text" in reply
    ? pieces(reply.text).map((text) => ({ type: "text_delta", text }))
    : pieces(JSON.stringify(reply.input)).map((partial_json) => ({ type: "input_json_delta", partial_json }));
}

function stopReason(reply: Reply): string {
  return "text" in reply ? "end_turn" : "tool_use";
}
