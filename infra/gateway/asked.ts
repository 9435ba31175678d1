// What a body asks for, as far as the gateway must know it: the model, and what bounds the cost.
import { z } from "zod";
import { JsonFields } from "./json-fields.ts";
import { multipartFields } from "./multipart-fields.ts";
import type { Route } from "./providers.ts";

export interface Asked {
  /** Undefined where it must stand in the path. */
  readonly model: string | undefined;
  readonly isStreamed: boolean;
  readonly hasStreamOptions: boolean;
  /** Tokens of one answer. */
  readonly mostOutput: number | undefined;
  /** Answers that are wanted. */
  readonly answers: number;
  readonly hosted: AskedHosted;
  /** Words for how fast it is to be, which has its price. In lower case. */
  readonly paces: readonly string[];
}

/** Of the provider's own tools. */
interface AskedHosted {
  /** Types of tools, and names of what offers some. */
  readonly offered: readonly string[];
  /** How often they may be used at most. */
  readonly mostToolUses: number | undefined;
  /** Sources of xAI's live search. */
  readonly mostSources: number | undefined;
}

/** What is wrong with a body; the sentence is for the assistant. */
export class BadBody extends Error {
  override readonly name = "BadBody";
}

/** Gets a body in pieces, as it comes. */
export interface BodyReader {
  feed(piece: Buffer): void;
  /** @throws BadBody when a field that counts is there twice, has another form, or the body is not what it says */
  end(body: Buffer): Asked;
}

const PACES = ["speed", "service_tier", "serviceTier"] as const;
/** They offer a search by being there. */
const OFFERS = ["web_search_options", "search_parameters"] as const;
const GOOGLE_OFFERS = [
  "google_search",
  "googleSearch",
  "google_search_retrieval",
  "googleSearchRetrieval",
] as const;
const READ = [
  "model",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "generationConfig",
  "generation_config",
  "n",
  ...OFFERS,
  "max_tool_calls",
  ...PACES,
] as const;
/** `models` of OpenRouter would be sent to models that nobody has allowed. */
const NAMES = [...READ, "models"] as const;
const LONGEST_VALUE = 64 * 1024;
const LONGEST_TOOL_VALUE = 1_024;
const MOST_TOOLS = 1_000;
const MODEL = /^[\w.:@/~-]{1,256}$/;

const COUNT = z.coerce.number().int().positive();
const GENERATION = z.object({
  maxOutputTokens: COUNT.optional(),
  max_output_tokens: COUNT.optional(),
  candidateCount: COUNT.optional(),
  candidate_count: COUNT.optional(),
});

const SOURCES = z.object({ max_search_results: COUNT });

export function openBody({ body }: Route, contentType: string): BodyReader {
  return body === "multipart" ? new MultipartReader(contentType) : new JsonReader();
}

/** Of a request without a body. */
export const NOTHING_ASKED: Asked = {
  model: undefined,
  isStreamed: false,
  hasStreamOptions: false,
  mostOutput: undefined,
  answers: 1,
  hosted: { offered: [], mostToolUses: undefined, mostSources: undefined },
  paces: [],
};

class JsonReader implements BodyReader {
  readonly #fields = new Fields();
  readonly #reader = new JsonFields(NAMES, LONGEST_VALUE, (name, value) => this.#fields.add(name, value), {
    tools: () => this.#fields.toolsReader(),
  });

  feed(piece: Buffer): void {
    this.#reader.feed(piece);
  }

  end(): Asked {
    if (!this.#reader.isWholeObject) throw new BadBody("The body is not one JSON object.");
    return this.#fields.asked();
  }
}

class MultipartReader implements BodyReader {
  readonly #contentType: string;

  constructor(contentType: string) {
    this.#contentType = contentType;
  }

  feed(): void {}

  end(body: Buffer): Asked {
    const fields = new Fields();
    for (const [name, value] of this.#parts(body))
      if (NAMES.some((one) => one === name.toLowerCase())) fields.add(name, value === "true" ? true : value);
    return fields.asked();
  }

  #parts(body: Buffer): (readonly [string, string])[] {
    try {
      return multipartFields(this.#contentType, body);
    } catch {
      throw new BadBody("The body is not multipart/form-data.");
    }
  }
}

/** Each at most once and written exactly so: otherwise one might be read here and another by the provider. */
class Fields {
  readonly #fields = new Map<string, unknown>();
  #odd: string | undefined;
  readonly #tools: string[] = [];
  readonly #toolUses: number[] = [];

  add(name: string, value: unknown): void {
    if (this.#fields.has(name) || !READ.some((one) => one === name)) this.#odd ??= name;
    this.#fields.set(name, value);
  }

  /** Of the list of tools, which has hundreds of kilobytes of descriptions. */
  toolsReader(): JsonFields {
    return new JsonFields(["type", "max_uses", ...GOOGLE_OFFERS], LONGEST_TOOL_VALUE, (name, value) => {
      const uses = COUNT.safeParse(value).data;
      if (name === "max_uses" && uses !== undefined) this.#toolUses.push(uses);
      else if (this.#tools.length < MOST_TOOLS) this.#tools.push(name === "type" ? String(value) : name);
    });
  }

  asked(): Asked {
    if (this.#odd) throw new BadBody(`The model gateway doesn't take this field like this: ${this.#odd}`);
    const model = this.#fields.get("model");
    if (this.#fields.has("model") && (typeof model !== "string" || !MODEL.test(model)))
      throw new BadBody("The model's name is not one.");
    const generation = this.#generation();
    return {
      model: typeof model === "string" ? model : undefined,
      isStreamed: this.#fields.get("stream") === true,
      hasStreamOptions: this.#fields.has("stream_options"),
      mostOutput: largest([
        ...["max_completion_tokens", "max_output_tokens", "max_tokens"].map((name) => this.#fields.get(name)),
        generation?.maxOutputTokens,
        generation?.max_output_tokens,
      ]),
      answers: largest([this.#fields.get("n"), generation?.candidateCount, generation?.candidate_count]) ?? 1,
      hosted: {
        offered: [...this.#tools, ...OFFERS.filter((name) => this.#fields.has(name))],
        mostToolUses: largest([this.#fields.get("max_tool_calls")]) ?? this.#mostUses(),
        mostSources: read(SOURCES, this.#fields.get("search_parameters"))?.max_search_results,
      },
      paces: PACES.map((name) => this.#fields.get(name))
        .filter((value) => typeof value === "string")
        .map((value) => value.toLowerCase()),
    };
  }

  /** Undefined where a tool that is none of the assistant's own says no bound. */
  #mostUses(): number | undefined {
    const hosted = this.#tools.filter((type) => type !== "function" && type !== "custom");
    return this.#toolUses.length < hosted.length || hosted.length === 0
      ? undefined
      : this.#toolUses.reduce((sum, uses) => sum + uses, 0);
  }

  #generation(): z.infer<typeof GENERATION> | undefined {
    const config = this.#fields.get("generationConfig") ?? this.#fields.get("generation_config");
    return read(GENERATION, config);
  }
}

function largest(values: readonly unknown[]): number | undefined {
  return Math.max(...values.map((value) => read(COUNT, value) ?? 0)) || undefined;
}

/** Most fields aren't there, and to find that wrong costs more than to read one. */
function read<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  return value === undefined ? undefined : schema.safeParse(value).data;
}
