// Uses of a provider's own tools that an answer shows beside its usage: items of OpenAI's Responses, and Google's queries.
import { JsonFields, recordOf } from "./json-fields.ts";

export interface HostedUses {
  readonly webSearches: number;
  readonly fileSearches: number;
  /** That Google has searched for: each chunk of a stream may repeat them. */
  readonly queries: ReadonlySet<string>;
}

/** More are not believed. */
const MOST_QUERIES = 1_000;
/** Of a list of queries, or of an action. */
const LONGEST = 64 * 1024;

export const NO_HOSTED_USES: HostedUses = { webSearches: 0, fileSearches: 0, queries: new Set() };

/** What an answer of one event, or of one body, shows. */
export class HostedTally implements HostedUses {
  fileSearches = 0;
  readonly queries = new Set<string>();
  #webCalls = 0;
  #webLooks = 0;

  get webSearches(): number {
    return Math.max(0, this.#webCalls - this.#webLooks);
  }

  item(type: unknown): void {
    if (type === "web_search_call") this.#webCalls += 1;
    if (type === "file_search_call") this.fileSearches += 1;
  }

  /** Of a web search call: only a search costs. */
  action(action: unknown): void {
    const type = recordOf(action)?.type;
    if (typeof type === "string" && /^(?:open_page|find)/.test(type)) this.#webLooks += 1;
  }

  searchedFor(queries: unknown): void {
    for (const query of listOf(queries))
      if (typeof query === "string" && query !== "" && this.queries.size < MOST_QUERIES)
        this.queries.add(query);
  }

  /** Readers of the fields of a JSON answer in which uses stand, by their names. */
  readers(): Readonly<Record<string, () => JsonFields>> {
    const found = (name: string, value: unknown) => (name === "type" ? this.item(value) : this.action(value));
    const grounding = () =>
      new JsonFields(["webSearchQueries"], LONGEST, (_name, value) => this.searchedFor(value));
    return {
      output: () => new JsonFields(["type", "action"], LONGEST, found),
      candidates: () => new JsonFields([], LONGEST, () => {}, { groundingMetadata: grounding }),
    };
  }
}

/** In an event of a stream. */
export function hostedIn(event: Readonly<Record<string, unknown>>): HostedUses {
  const tally = new HostedTally();
  for (const item of listOf(recordOf(event.response)?.output)) {
    tally.item(recordOf(item)?.type);
    tally.action(recordOf(item)?.action);
  }
  for (const candidate of listOf(event.candidates))
    tally.searchedFor(recordOf(recordOf(candidate)?.groundingMetadata)?.webSearchQueries);
  return tally;
}

/** Of two events of one answer: the later one repeats what the earlier one has shown. */
export function addHosted(one: HostedUses, other: HostedUses): HostedUses {
  return {
    webSearches: Math.max(one.webSearches, other.webSearches),
    fileSearches: Math.max(one.fileSearches, other.fileSearches),
    queries: other.queries.size === 0 ? one.queries : new Set([...one.queries, ...other.queries]),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
