// Every committed change of what streams show, as the database announces it: triggers do that, so nothing that writes can
// forget it. PostgreSQL reports other processes' changes to who listens, on a connection of its own.
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import type { Logger } from "pino";
import { untilStopped } from "../async.ts";
import { READY } from "./connections.ts";
import { CHANGES, type Change, type Database, parseChange } from "./database.ts";

const AGAIN_AFTER_MS = 1_000;
const ASK_EVERY_MS = 5_000;
const TIMEOUT_MS = 10_000;
const GOODBYE_MS = 1_000;

export interface ChangeListener {
  onChange(change: Change): void;
  /** Changes are missed from now on. */
  onLost(): void;
  /** None is missed from now on. */
  onFound(): void;
}

export class ChangeFeed {
  readonly #database: Pick<Database, "queue" | "onChange">;
  readonly #log: Logger;
  readonly #listeners = new Set<ChangeListener>();
  #isListening = false;
  #stop: (() => Promise<void>) | undefined;

  constructor(database: Pick<Database, "queue" | "onChange">, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** Begins to listen with the first one. It is called back in a later turn of the event loop. */
  follow(listener: ChangeListener): void {
    this.#listeners.add(listener);
    if (this.#isListening) setImmediate(() => this.#isListening && listener.onFound());
    this.#stop ??= this.#start();
  }

  async stop(): Promise<void> {
    await this.#stop?.();
  }

  #start(): () => Promise<void> {
    const { queue, onChange } = this.#database;
    if ("connectionString" in queue)
      return untilStopped((signal) => this.#listenOn(queue.connectionString, signal));
    onChange?.((change) => this.#tell(change));
    setImmediate(() => this.#setListening(true));
    return async () => {};
  }

  async #listenOn(connectionString: string, signal: AbortSignal): Promise<void> {
    const { default: pg } = await import("pg");
    while (!signal.aborted) {
      const timeouts = { connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS };
      const client = new pg.Client({ connectionString, ...timeouts });
      await this.#listen(client, signal).catch((error: unknown) => {
        this.#log.warn({ err: error }, "changes of the database are missed; it is asked again");
      });
      if (!signal.aborted) this.#setListening(false);
      await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Returns or throws when the connection is lost. A host that has vanished is found out by asking. */
  async #listen(client: Client, signal: AbortSignal): Promise<void> {
    const lost = new AbortController();
    client.on("error", () => lost.abort()).on("end", () => lost.abort());
    client.on("notification", ({ payload }) => {
      const change = parseChange(payload);
      if (change) this.#tell(change);
    });
    const over = AbortSignal.any([signal, lost.signal]);
    try {
      await client.connect();
      await client.query(READY);
      await client.query(`listen ${CHANGES}`);
      this.#setListening(true);
      for (; !over.aborted; await sleep(ASK_EVERY_MS, undefined, { signal: over }).catch(() => {}))
        await client.query("select 1");
    } finally {
      await Promise.race([client.end(), sleep(GOODBYE_MS, undefined, { ref: false })]).catch(() => {});
    }
  }

  #setListening(isListening: boolean): void {
    if (this.#isListening === isListening) return;
    this.#isListening = isListening;
    for (const listener of this.#listeners) {
      if (isListening) listener.onFound();
      else listener.onLost();
    }
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener.onChange(change);
  }
}
