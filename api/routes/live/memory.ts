// What has changed lately, by ids alone: a stream that was cut off goes on from there.

/** What a stream reports. `deploymentId` is an operation's, `accountId` that of what is not read. */
export type Entry =
  | { readonly kind: "deployment"; readonly id: string }
  | { readonly kind: "operation"; readonly id: string; readonly deploymentId: string }
  | {
      /** The rest are of a deployment, by its id. */
      readonly kind: "removed" | "pairing" | "callback";
      readonly id: string;
      readonly accountId: string;
    };

export function keyOf({ kind, id }: Entry): string {
  return `${kind} ${id}`;
}

export class Memory {
  readonly #most: number;
  /** The latest change of each thing, in order of their numbers. */
  #changes = new Map<string, { readonly entry: Entry; readonly number: number }>();
  #number = 0;
  /** The latest change that is forgotten. */
  #forgotten = 0;
  #epoch = newEpoch();

  /** @param most how many things it remembers */
  constructor(most = 10_000) {
    this.#most = most;
  }

  /** Where it is now, as the id of an event. */
  get position(): string {
    return `${this.#epoch}-${this.#number}`;
  }

  add(entry: Entry): void {
    const key = keyOf(entry);
    this.#changes.delete(key);
    this.#changes.set(key, { entry, number: ++this.#number });
    if (this.#changes.size <= this.#most) return;
    const [oldest, { number }] = this.#changes.entries().next().value ?? ["", { number: 0 }];
    this.#changes.delete(oldest);
    this.#forgotten = number;
  }

  /** What has changed since a position; undefined if that is not known any more. */
  since(position: string): Entry[] | undefined {
    const [epoch, text = ""] = position.split("-");
    const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
    if (epoch !== this.#epoch || number < this.#forgotten || number > this.#number) return undefined;
    return [...this.#changes.values()].filter((change) => change.number > number).map(({ entry }) => entry);
  }

  /** Changes were missed: no position of before leads on. */
  forgetAll(): void {
    this.#changes = new Map();
    this.#epoch = newEpoch();
    this.#number = 0;
    this.#forgotten = 0;
  }
}

/** Another process, or another start, has another one. */
function newEpoch(): string {
  return crypto.randomUUID().slice(0, 8);
}
