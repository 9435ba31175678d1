// Server-sent events out of a text that comes in pieces. The browser's own EventSource can't resume a log: it says neither
// why an answer was refused, nor from when on the next one should begin.

export interface SentEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

export class EventText {
  #rest = "";

  /** The events that are whole now. */
  add(piece: string): SentEvent[] {
    const blocks = (this.#rest + piece).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => eventOf(block) ?? []);
  }
}

/** Undefined for a comment, which keeps the connection alive. */
function eventOf(block: string): SentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([a-z]+): ?(.*)$/s.exec(line) ?? [];
    if (name) fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { event: fields.get("event") ?? "message", id: fields.get("id") ?? null, data };
}
