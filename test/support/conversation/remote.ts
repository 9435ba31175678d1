// The test's end of the channel to world.ts.
import type { ChildProcess } from "node:child_process";
import type { Ask, Commands, Told, WorldEvent } from "./world.ts";

const ANSWER_MS = 120_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class Remote {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(child: ChildProcess, happened: (event: WorldEvent) => void) {
    this.#child = child;
    child.on("message", (told: Told) => {
      if (!("id" in told)) return happened(told);
      if (told.error === undefined) this.#waiting.get(told.id)?.resolve(told.value);
      else this.#waiting.get(told.id)?.reject(new Error(told.error));
    });
    child.once("exit", (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The world ended with ${code}.`));
    });
  }

  /** @throws Error as the command does, or when there is no answer in 120 s */
  async ask<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => reject(new Error(`${name} was not answered.`)), ANSWER_MS);
    this.#waiting.set(id, { resolve, reject });
    this.#child.send({ id, name, args } satisfies Ask);
    try {
      return (await promise) as Awaited<ReturnType<Commands[Name]>>;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }
}
