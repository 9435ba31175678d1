// What a compatible server says of its models: `GET /models`, as OpenAI has it, with what Groq, Mistral, vLLM and others add.
// A stranger's answer: of it, no more than ids, sizes and what a model can do are taken.
import { z } from "zod";
import type { ModelFacts } from "./openclaw.ts";
import { acceptedIfOk, bearer, getOfStranger, isJson, type Verdict } from "./provider-call.ts";
import type { Strangers } from "./strangers.ts";
import type { Answer } from "./whole-answer.ts";

interface Server {
  readonly strangers?: Strangers | undefined;
  readonly baseUrl: string;
  /** Absent for what it shows everybody. */
  readonly key?: string | undefined;
}

const MOST_LISTED = 1_000;
const ID = z.string().regex(/^[\x21-\x7e]{1,256}$/);
const size = z.number().int().positive().max(1_000_000_000).nullish().catch(undefined);
const Row = z.object({
  id: ID,
  /** By the names of Groq, vLLM, Mistral and OpenRouter. */
  context_window: size,
  max_model_len: size,
  max_context_length: size,
  context_length: size,
  max_completion_tokens: size,
  capabilities: z
    .object({ vision: z.boolean().nullish(), reasoning: z.boolean().nullish() })
    .nullish()
    .catch(undefined),
});
type Row = z.infer<typeof Row>;

/** Of an odd row the others are listed all the same. @throws Error when it does not answer with a list */
export async function listCompatible(
  server: Server,
): Promise<{ readonly id: string; readonly name: string }[]> {
  return (await rows(server)).slice(0, MOST_LISTED).map(({ id }) => ({ id, name: id }));
}

/**
 * Servers list what they serve, but not always all of it, and few answer about one model: it is unknown where both say so.
 * @throws Error when there is no answer
 */
export async function askCompatible(server: Server, model: string): Promise<Verdict> {
  const answer = await ask(server, "/models");
  if (answer.status === 401 && isJson(answer.text)) return "key refused";
  if (answer.status !== 200) return acceptedIfOk(answer);
  const ids = rowsIn(answer).map(({ id }) => id);
  if (ids.length === 0 || ids.some((id) => isSame(id, model))) return acceptedIfOk(answer);
  const own = await ask(server, `/models/${model.split("/").map(encodeURIComponent).join("/")}`);
  return own.status === 404 && isJson(own.text) ? "model unknown" : "accepted";
}

/** @throws Error as listCompatible */
export async function describeCompatible(server: Server, model: string): Promise<ModelFacts | undefined> {
  const row = (await rows(server)).find(({ id }) => isSame(id, model));
  if (!row) return undefined;
  const { capabilities } = row;
  const contextWindow =
    row.context_window ?? row.max_model_len ?? row.max_context_length ?? row.context_length ?? undefined;
  const facts: ModelFacts = {
    ...(contextWindow !== undefined && { contextWindow }),
    ...(row.max_completion_tokens && { maxTokens: row.max_completion_tokens }),
    ...(typeof capabilities?.reasoning === "boolean" && { reasoning: capabilities.reasoning }),
    ...(typeof capabilities?.vision === "boolean" && {
      input: capabilities.vision ? (["text", "image"] as const) : (["text"] as const),
    }),
  };
  return Object.keys(facts).length > 0 ? facts : undefined;
}

/** Ollama's `llama3.3` is `llama3.3:latest`. */
function isSame(id: string, model: string): boolean {
  return id === model || id === `${model}:latest`;
}

async function rows(server: Server): Promise<Row[]> {
  const answer = await ask(server, "/models");
  if (answer.status !== 200) throw new Error(`Not a list, but ${answer.status}.`);
  return rowsIn(answer);
}

/** @throws Error when it is no list */
function rowsIn({ text }: Answer): Row[] {
  const { data } = z.object({ data: z.array(z.unknown()) }).parse(JSON.parse(text));
  return data.flatMap((row) => Row.safeParse(row).data ?? []);
}

function ask({ strangers, baseUrl, key }: Server, path: string): Promise<Answer> {
  return getOfStranger(strangers, baseUrl + path, key === undefined ? {} : bearer(key));
}
