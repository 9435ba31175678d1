// All streams of this process: takes the changes that the database announces, reads each once, and sends it to who follows.
import type { Logger } from "pino";
import type { ChangeFeed, ChangeListener } from "../../../stacks/database/changes.ts";
import type { Change } from "../../../stacks/database/database.ts";
import { type Entry, keyOf, Memory } from "./memory.ts";
import { type Made, type ReaderParts, readAll, readEntries } from "./reader.ts";
import { eventText, type LiveStream } from "./stream.ts";
import { Turns } from "./turns.ts";

/** One thing is sent so often at most. */
const EVERY_MS = 250;
/** What changes together comes together. */
const SOON_MS = 15;
const AGAIN_AFTER_MS = 1_000;
/** So many streams are filled at a time: the others wait, and calls do not wait for them. */
const FILLED_AT_ONCE = 4;

export interface HubParts extends ReaderParts {
  readonly changes: Pick<ChangeFeed, "follow">;
  readonly log: Logger;
}

export class LiveHub implements ChangeListener {
  readonly #parts: HubParts;
  readonly #memory = new Memory();
  readonly #turns = new Turns(FILLED_AT_ONCE);
  readonly #streams = new Map<string | undefined, Set<LiveStream>>();
  readonly #waiting = new Map<string, Entry>();
  #isListening = false;
  /** Since when changes are missed, after they were heard once. */
  #lostSince: Date | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSending = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  /** Everything up to here has been sent. */
  #sent = this.#memory.position;

  constructor(parts: HubParts) {
    this.#parts = parts;
    parts.changes.follow(this);
  }

  /** Where a stream that has all that was sent can go on from. */
  get position(): string {
    return this.#sent;
  }

  join(stream: LiveStream): void {
    const others = this.#streams.get(stream.accountId) ?? new Set();
    this.#streams.set(stream.accountId, others.add(stream));
    if (this.#isListening) void this.#fill(stream);
    else if (this.#lostSince) stream.write(lostText(this.#lostSince));
  }

  leave(stream: LiveStream): void {
    const others = this.#streams.get(stream.accountId);
    others?.delete(stream);
    if (others?.size === 0) this.#streams.delete(stream.accountId);
  }

  onChange(change: Change): void {
    for (const entry of entriesOf(change)) this.#waiting.set(keyOf(entry), entry);
    this.#sendSoon(Math.max(SOON_MS, this.#sentAt + EVERY_MS - performance.now()));
  }

  onLost(): void {
    this.#isListening = false;
    this.#lostSince = new Date();
    for (const stream of this.#all()) stream.write(lostText(this.#lostSince));
  }

  onFound(): void {
    this.#isListening = true;
    this.#lostSince = undefined;
    this.#waiting.clear();
    this.#memory.forgetAll();
    this.#sent = this.#memory.position;
    for (const stream of this.#all()) void this.#fill(stream);
  }

  /** Sends what a stream has not seen: since where it was, or all. */
  async #fill(stream: LiveStream): Promise<void> {
    const counts = stream.beginFilling();
    try {
      await this.#turns.take(() => this.#send(stream, counts));
    } catch (error) {
      this.#parts.log.warn({ err: error }, "a stream of events could not be filled");
      if (counts()) stream.end("unavailable");
    }
  }

  async #send(stream: LiveStream, counts: () => boolean): Promise<void> {
    if (!counts()) return;
    const { accountId, since } = stream;
    const missed = since === undefined ? undefined : this.#memory.since(since);
    const isReset = since !== undefined || stream.isFilled;
    stream.since = undefined;
    if (missed) stream.hold([...missed, ...this.#waiting.values()]);
    else {
      if (isReset) stream.write(eventText("reset", "{}"));
      for await (const made of readAll(this.#parts, accountId)) {
        if (!counts()) return;
        for (const one of made) stream.write(eventText(one.entry.kind, one.data));
        await stream.drained();
      }
    }
    for (let held = stream.takeHeld(); held.length > 0; held = stream.takeHeld()) {
      const made = await readEntries(this.#parts, held, accountId === undefined ? undefined : [accountId]);
      if (!counts()) return;
      for (const one of made) stream.write(eventText(one.entry.kind, one.data));
      await stream.drained();
    }
    if (counts()) stream.endFilling(this.#sent);
  }

  #sendSoon(ms: number): void {
    if (this.#isSending) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#isSending = true;
      void this.#sendWaiting().finally(() => {
        this.#isSending = false;
        this.#sentAt = performance.now();
        if (this.#waiting.size > 0) this.#sendSoon(EVERY_MS);
      });
    }, ms).unref();
  }

  /** An event's id is where its batch begins: who is cut off in the midst of it gets it again. */
  async #sendWaiting(): Promise<void> {
    const entries = [...this.#waiting.values()];
    this.#waiting.clear();
    const before = this.#sent;
    for (const entry of entries) this.#memory.add(entry);
    const after = this.#memory.position;
    if (this.#streams.size > 0) {
      const made = await this.#read(entries);
      // Streams that are filled again meanwhile need none of it.
      if (this.#sent !== before) return;
      for (const one of made) this.#broadcast(one, before);
    }
    this.#sent = after;
  }

  async #read(entries: readonly Entry[]): Promise<Made[]> {
    const accountIds = this.#streams.has(undefined)
      ? undefined
      : [...this.#streams.keys()].filter((id) => id !== undefined);
    for (;;) {
      try {
        return await readEntries(this.#parts, entries, accountIds);
      } catch (error) {
        this.#parts.log.warn({ err: error }, "what has changed could not be read for streams");
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS).unref());
        if (!this.#isListening) return [];
      }
    }
  }

  #broadcast({ entry, accountId, data }: Made, id: string): void {
    const text = eventText(entry.kind, data, id);
    for (const stream of this.#streams.get(accountId) ?? []) stream.offer(entry, text);
    for (const stream of this.#streams.get(undefined) ?? []) stream.offer(entry, text);
  }

  *#all(): Generator<LiveStream> {
    for (const streams of this.#streams.values()) yield* streams;
  }
}

function lostText(since: Date): Buffer {
  return eventText("lost", JSON.stringify({ since }));
}

/** A deployment's row shows its latest operation, too. */
function entriesOf({ what, deploymentId, other }: Change): Entry[] {
  const deployment: Entry = { kind: "deployment", id: deploymentId };
  if (what === "removed") return other ? [{ kind: "removed", id: deploymentId, accountId: other }] : [];
  if (what === "deployment" || what === "usage") return [deployment];
  const operation: Entry[] = other ? [{ kind: "operation", id: other, deploymentId }] : [];
  return what === "progress" ? operation : [deployment, ...operation];
}
