// One client that follows changes. What it does not read it does not get: beyond a bound it is cut off, and may come back.
import { once } from "node:events";
import type { Response } from "express";
import type { LIVE_EVENTS } from "../../contract/live.ts";
import { type Entry, keyOf } from "./memory.ts";

type EventName = (typeof LIVE_EVENTS)[number];

/** Bytes that may wait for the client to read. */
const MOST_WAITING = 1024 * 1024;
const DRAINED_WITHIN_MS = 30_000;

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
  /** Whether it has been sent anything that could be old by now. */
  isFilled = false;
  /** What has changed while it is being filled; undefined when it is not. */
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
    const turn = ++this.#turn;
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
    this.#held = undefined;
    this.isFilled = true;
    this.write(eventText("seeded", "{}", position));
  }

  /** A change. While the stream is being filled it is read again afterwards, so that what is sent last is the newest. */
  offer(entry: Entry, text: Buffer): void {
    if (this.#held) this.hold([entry]);
    else this.write(text);
  }

  /** @param position where it could go on from */
  beat(position: string): void {
    const isBehind = this.#held !== undefined;
    const data = JSON.stringify({ at: new Date() });
    this.write(eventText("heartbeat", data, isBehind ? undefined : position));
  }

  write(text: Buffer): void {
    if (!this.isOpen) return;
    if (this.#response.writableLength > MOST_WAITING) this.#response.destroy();
    else this.#response.write(text);
  }

  /** Until the client has read enough for more; cuts it off if it does not read. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.#response.writableNeedDrain) return;
    const signal = AbortSignal.timeout(DRAINED_WITHIN_MS);
    await Promise.race([
      once(this.#response, "drain", { signal }),
      once(this.#response, "close", { signal }),
    ]).catch(() => this.#response.destroy());
  }

  end(reason: string): void {
    this.write(eventText("end", JSON.stringify({ reason })));
    if (this.isOpen) this.#response.end();
  }
}
