// One client that follows changes. While it does not read, changes are held back by their ids alone, and read again later; in
// the end it is cut off, and may come back.
import { once } from "node:events";
import type { Response } from "express";
import type { LIVE_EVENTS } from "../../contract/live.ts";
import { type Entry, keyOf } from "./memory.ts";

type EventName = (typeof LIVE_EVENTS)[number];

/** Bytes that may wait for the client before a change is added to them. */
const MOST_WAITING = 256 * 1024;
const READ_WITHIN_MS = 10_000;

/** An event as it is sent, made once for everybody who gets it. */
export function eventText(event: EventName, data: string, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
}

export class LiveStream {
  readonly #response: Response;
  /** Whose changes; everybody's if undefined. */
  readonly accountId: string | undefined;
  /** Where the client wants to go on from, until it does. */
  since: string | undefined;
  /** Whether its client knows anything that could be old by now. */
  knowsSomething = false;
  /** What has changed while it is being filled, or is behind; undefined when it gets each change. */
  #held: Map<string, Entry> | undefined = new Map();
  #turn = 0;

  constructor(response: Response, accountId: string | undefined, since: string | undefined) {
    this.#response = response;
    this.accountId = accountId;
    this.since = since;
  }

  get isOpen(): boolean {
    return !this.#response.closed && !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Begins to hold back what changes. @returns whether it is still this filling that counts */
  beginFilling(): () => boolean {
    this.#held = new Map();
    this.#turn++;
    return this.sameTurn();
  }

  /** @returns whether no other filling has begun since */
  sameTurn(): () => boolean {
    const turn = this.#turn;
    return () => this.isOpen && this.#turn === turn;
  }

  hold(entries: readonly Entry[]): void {
    for (const entry of entries) this.#held?.set(keyOf(entry), entry);
  }

  takeHeld(): Entry[] {
    const entries = [...(this.#held?.values() ?? [])];
    this.#held?.clear();
    return entries;
  }

  /** Nothing is held back any more: from here on it gets each change. */
  endFilling(position: string): void {
    this.endHolding();
    this.write(eventText("seeded", "{}", position));
  }

  endHolding(): void {
    this.#held = undefined;
  }

  /**
   * A change. While changes are held back it is read again afterwards, so that what is sent last is the newest.
   * @returns false if it falls behind with this one: who offers it sends what is held back, once the client has read
   */
  offer(entry: Entry, text: Buffer): boolean {
    const fallsBehind = !this.#held && this.#response.writableLength > MOST_WAITING;
    if (fallsBehind) this.#held = new Map();
    if (this.#held) this.hold([entry]);
    else this.write(text);
    return !fallsBehind;
  }

  /** @param position where it could go on from */
  beat(position: string): void {
    const isBehind = this.#held !== undefined;
    const data = JSON.stringify({ at: new Date() });
    this.write(eventText("heartbeat", data, isBehind ? undefined : position));
  }

  write(text: Buffer): void {
    if (this.isOpen) this.#response.write(text);
  }

  /** Until the client has read enough for more; cuts it off if it does not read. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.#response.writableNeedDrain) return;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(READ_WITHIN_MS)]);
    const either = ["drain", "close"].map((event) => once(this.#response, event, { signal }));
    await Promise.race(either).catch(() => this.#response.destroy());
    over.abort();
    await Promise.allSettled(either);
  }

  end(reason: string): void {
    this.write(eventText("end", JSON.stringify({ reason })));
    if (this.isOpen) this.#response.end();
  }
}
