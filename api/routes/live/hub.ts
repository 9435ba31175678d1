// All streams of this process: takes the changes that the database announces, reads each once, and sends it to who follows.
import type { Logger } from "pino";
import type { ChangeFeed, ChangeListener } from "../../../stacks/database/changes.ts";
import type { Change } from "../../../stacks/database/database.ts";
import { type Entry, keyOf, Memory } from "./memory.ts";
import { type Made, type ReaderParts, ROWS_AT_ONCE, readAll, readEntries } from "./reader.ts";
import { eventText, type LiveStream } from "./stream.ts";
import { Turns } from "./turns.ts";

/** One thing is sent so often at most. */
const EVERY_MS = 250;
/** What changes together comes together. */
const SOON_MS = 15;
const AGAIN_AFTER_MS = 1_000;
/** So many reads for streams that are filled are made at a time: the others wait, so that calls do not wait for them. */
const READS_AT_ONCE = 4;

export interface HubParts extends ReaderParts {
  readonly changes: Pick<ChangeFeed, "follow">;
  readonly log: Logger;
}

export class LiveHub implements ChangeListener {
  readonly #parts: HubParts;
  readonly #memory = new Memory();
  readonly #turns = new Turns(READS_AT_ONCE);
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
    const { since } = stream;
    stream.since = undefined;
    const missed = since === undefined ? undefined : this.#memory.since(since);
    if (missed) stream.hold([...missed, ...this.#waiting.values()]);
    else if (since !== undefined || stream.knowsSomething) stream.write(eventText("reset", "{}"));
    stream.knowsSomething = true;
    await this.#orEnd(stream, counts, async () => {
      if (!missed) await this.#sendAll(stream, counts);
      await this.#sendHeld(stream, counts, () => stream.endFilling(this.#sent));
    });
  }

  /** Goes on with a stream whose client has not read for a while. */
  async #catchUp(stream: LiveStream): Promise<void> {
    const counts = stream.sameTurn();
    await this.#orEnd(stream, counts, async () => {
      await stream.drained();
      await this.#sendHeld(stream, counts, () => stream.endHolding());
    });
  }

  async #orEnd(stream: LiveStream, counts: () => boolean, send: () => Promise<void>): Promise<void> {
    try {
      await send();
    } catch (error) {
      this.#parts.log.warn({ err: error }, "a stream of events could not be filled");
      // Without the database it waits, and is filled again then.
      if (counts() && this.#isListening) stream.end("unavailable");
    }
  }

  async #sendAll(stream: LiveStream, counts: () => boolean): Promise<void> {
    const pieces = readAll(this.#parts, stream.accountId);
    // Nobody's turn lasts while a client reads.
    for (;;) {
      const piece = await this.#turns.take(() => pieces.next());
      if (piece.done || !counts()) return;
      await sendMade(stream, piece.value);
    }
  }

  /** @param end called as soon as nothing is held back any more: later, something would be again */
  async #sendHeld(stream: LiveStream, counts: () => boolean, end: () => void): Promise<void> {
    const { accountId } = stream;
    const accountIds = accountId === undefined ? undefined : [accountId];
    for (let held = stream.takeHeld(); counts(); held = stream.takeHeld()) {
      if (held.length === 0) return end();
      for (let at = 0; at < held.length; at += ROWS_AT_ONCE) {
        const some = held.slice(at, at + ROWS_AT_ONCE);
        const made = await this.#turns.take(() => readEntries(this.#parts, some, accountIds));
        if (counts()) await sendMade(stream, made);
      }
    }
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
      // Streams that are filled again, now or once changes are heard again, need none of it.
      if (this.#sent !== before || !this.#isListening) return;
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
    for (const streams of [this.#streams.get(accountId), this.#streams.get(undefined)])
      for (const stream of streams ?? []) if (!stream.offer(entry, text)) void this.#catchUp(stream);
  }

  *#all(): Generator<LiveStream> {
    for (const streams of this.#streams.values()) yield* streams;
  }
}

async function sendMade(stream: LiveStream, made: readonly Made[]): Promise<void> {
  for (const { entry, data } of made) stream.write(eventText(entry.kind, data));
  await stream.drained();
}

function lostText(since: Date): Buffer {
  return eventText("lost", JSON.stringify({ since }));
}

/** A deployment's row shows its latest operation, too. */
function entriesOf({ what, deploymentId, other }: Change): Entry[] {
  const deployment: Entry = { kind: "deployment", id: deploymentId };
  if (what === "removed" || what === "pairing" || what === "callback")
    return other ? [{ kind: what, id: deploymentId, accountId: other }] : [];
  if (what === "deployment" || what === "usage") return [deployment];
  const operation: Entry[] = other ? [{ kind: "operation", id: other, deploymentId }] : [];
  return what === "progress" ? operation : [deployment, ...operation];
}
