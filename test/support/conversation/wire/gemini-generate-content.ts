// Gemini's generateContent and streamGenerateContent?alt=sse (https://ai.google.dev/api/generate-content). The model's name
// and whether it is streamed are in the path.
import { z } from "zod";
import { event, newId, pieces, type Reply, sinceModel, type Turn, tokens, type WireApi } from "./turn.ts";

/** JSON of protocol buffers: either spelling. */
const Blob = z.union([
  z.object({ mimeType: z.string(), data: z.string() }),
  z.object({ mime_type: z.string(), data: z.string() }),
]);
const Part = z.looseObject({
  text: z.string().optional(),
  inlineData: Blob.optional(),
  inline_data: Blob.optional(),
  functionResponse: z.looseObject({ response: z.unknown() }).optional(),
});
const Declaration = z.looseObject({
  name: z.string(),
  parameters: z.looseObject({}).optional(),
  parametersJsonSchema: z.looseObject({}).optional(),
});
const Body = z.object({
  contents: z.array(z.object({ role: z.enum(["user", "model"]).optional(), parts: z.array(Part) })).min(1),
  tools: z.array(z.looseObject({ functionDeclarations: z.array(Declaration).default([]) })).default([]),
});
type Parts = readonly z.infer<typeof Part>[];

export const geminiGenerateContent: WireApi = (given, { pathname }) => {
  const body = Body.parse(given);
  const turn = turnOf(body, pathname);
  const responseId = newId("fake");
  const response = (parts: Parts | readonly unknown[], reply: Reply, isLast: boolean) => ({
    candidates: [{ index: 0, content: { role: "model", parts }, ...(isLast && { finishReason: "STOP" }) }],
    usageMetadata: usage(body, reply),
    modelVersion: turn.model,
    responseId,
  });
  return {
    turn,
    billed: (reply) => ({ input: tokens(body), output: tokens(reply) }),
    whole: (reply) => response(partsOf(reply), reply, true),
    stream(reply) {
      const parts = "text" in reply ? pieces(reply.text).map((text) => ({ text })) : partsOf(reply);
      return parts.map((part, index) => event(response([part], reply, index === parts.length - 1)));
    },
  };
};

function turnOf(body: z.infer<typeof Body>, pathname: string): Turn {
  const [, model = "", method = ""] = /\/models\/([^:]+):(\w+)$/.exec(pathname) ?? [];
  const users = body.contents.filter(({ role }) => role !== "model");
  const since = sinceModel(body.contents, ({ role }) => role === "model").flatMap(({ parts }) => parts);
  const results = since.flatMap(({ functionResponse }) => functionResponse ?? []);
  return {
    model: decodeURIComponent(model),
    isStreamed: method === "streamGenerateContent",
    said: users.map(({ parts }) => parts.map(({ text }) => text ?? "").join("")),
    tools: body.tools.flatMap(({ functionDeclarations }) =>
      functionDeclarations.map(({ name, parameters, parametersJsonSchema }) => ({
        name,
        takes: Object.keys(((parameters ?? parametersJsonSchema)?.properties as object | undefined) ?? {}),
      })),
    ),
    toolResult:
      results.length > 0 ? results.map(({ response }) => JSON.stringify(response)).join("\n") : undefined,
    pictures: blobs(since, "image/").length,
    recordings: blobs(since, "audio/"),
  };
}

function blobs(parts: Parts, kind: string): Buffer[] {
  return parts.flatMap(({ inlineData, inline_data }) => {
    const blob = inlineData ?? inline_data;
    const type = blob && ("mimeType" in blob ? blob.mimeType : blob.mime_type);
    return blob && type?.startsWith(kind) ? [Buffer.from(blob.data, "base64")] : [];
  });
}

function partsOf(reply: Reply): Record<string, unknown>[] {
  return "text" in reply
    ? [{ text: reply.text }]
    : [{ functionCall: { name: reply.tool, args: reply.input } }];
}

function usage(body: unknown, reply: Reply): Record<string, unknown> {
  const [promptTokenCount, candidatesTokenCount] = [tokens(body), tokens(reply)];
  return {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + candidatesTokenCount,
  };
}
