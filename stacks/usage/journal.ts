// Requests that are sent while the database is away, in a file: on the disk before they are sent, so that a kill loses none.
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { OpenRequest } from "./request-rows.ts";

const NAME = "model-requests.jsonl";
const MODE = 0o600;

export class RequestJournal {
  readonly #file: string;
  #handle: FileHandle | undefined;

  /** @param gatewayId of this process: each has a file of its own */
  constructor(dataDir: string, gatewayId: string) {
    this.#file = join(dataDir, `${gatewayId}.${NAME}`);
  }

  /** @throws Error when they can't be kept: nothing may be sent then */
  async add(rows: readonly OpenRequest[]): Promise<void> {
    if (rows.length === 0) return;
    this.#handle ??= await open(this.#file, "a", MODE);
    await this.#handle.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    await this.#handle.datasync();
  }

  /** They are in the database. */
  async clear(): Promise<void> {
    if (!this.#handle) return;
    await this.close();
    await rm(this.#file, { force: true });
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

/** What a former process has left there; a line that was cut off is none: its request was not sent. */
export async function readJournal(file: string): Promise<OpenRequest[]> {
  const lines = (await readFile(file, "utf8")).split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as OpenRequest];
    } catch {
      return [];
    }
  });
}

export function isJournal(name: string): boolean {
  return name.endsWith(`.${NAME}`);
}
