// What a call for an answer holds, whatever its wire API.

/** A tool that the model may call, as far as the fakes know it. */
interface Tool {
  readonly name: string;
  /** Names of the fields that it takes. */
  readonly takes: readonly string[];
}

export interface Turn {
  readonly model: string;
  readonly isStreamed: boolean;
  /** Text of each message of the user's side, oldest first, as it came. */
  readonly said: readonly string[];
  readonly tools: readonly Tool[];
  /** What tools gave since the model's last say. */
  readonly toolResult: string | undefined;
  /** How many pictures the last message of the user's side has. */
  readonly pictures: number;
  /** Bytes of the recordings in it. */
  readonly recordings: readonly Buffer[];
}

export type Reply =
  | { readonly text: string }
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> };

/** Tokens. */
export interface Billed {
  readonly input: number;
  readonly output: number;
}

/** One call, read: it can be answered in one piece, or as the frames of a stream in their documented order. */
export interface Asking {
  readonly turn: Turn;
  whole(reply: Reply): unknown;
  /** Server-sent events. */
  stream(reply: Reply): string[];
  /** What the answer says was used. */
  billed(reply: Reply): Billed;
}

/** A body that is well-formed, and can't be answered; with the API's code for that. */
export class UnanswerableBody extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** @throws z.ZodError for a body that the API does not document, UnanswerableBody */
export type WireApi = (body: unknown, url: URL) => Asking;

const PIECE_CHARACTERS = 60;

/** A text in the pieces in which it is streamed. */
export function pieces(text: string): string[] {
  const most = Math.max(PIECE_CHARACTERS, Math.ceil(text.length / 40));
  return Array.from({ length: Math.ceil(text.length / most) }, (_, index) =>
    text.slice(index * most, (index + 1) * most),
  );
}

export function event(data: unknown, name?: string): string {
  const line = typeof data === "string" ? data : JSON.stringify(data);
  return `${name ? `event: ${name}\n` : ""}data: ${line}\n\n`;
}

/** What came after the last message of the model's. */
export function sinceModel<T>(messages: readonly T[], isModel: (message: T) => boolean): T[] {
  return messages.slice(messages.findLastIndex(isModel) + 1);
}

/** As providers count, nearly. */
export function tokens(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4);
}

export function newId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;
}
