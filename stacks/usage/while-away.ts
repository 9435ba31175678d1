// What a gateway decides by itself while the database is away: for a minute, by what it has read of those that asked in the
// minute before, and with a file in which each request stands before it is sent.
import { type Ask, openedBy } from "./booking.ts";
import type { Contact } from "./contact.ts";
import { type Decision, decide, type Judging } from "./decide.ts";
import type { RequestJournal } from "./journal.ts";
import type { OpenRequest } from "./request-rows.ts";
import type { Booked, Spend } from "./spend.ts";
import type { Standing } from "./standing.ts";

const MOST_REMEMBERED = 20_000;

interface Remembered {
  readonly asker: Spend & Booked;
  readonly readAt: number;
}

export class WhileAway {
  readonly #judging: Judging;
  readonly #journal: RequestJournal;
  readonly #contact: Contact;
  /** By the hashes of their tokens. */
  readonly #askers = new Map<string, Remembered>();
  #late: OpenRequest[] = [];

  constructor(judging: Judging, journal: RequestJournal, contact: Contact) {
    this.#judging = judging;
    this.#journal = journal;
    this.#contact = contact;
  }

  /** Requests that are to be recorded as soon as that can be. */
  get late(): readonly OpenRequest[] {
    return this.#late;
  }

  /** After each booking. */
  async answered(askers: readonly (Spend & Booked)[], recorded: readonly OpenRequest[]): Promise<void> {
    this.#contact.heard();
    if (this.#askers.size > MOST_REMEMBERED) this.#askers.clear();
    const readAt = performance.now();
    for (const asker of askers) for (const hash of asker.hashes) this.#askers.set(hash, { asker, readAt });
    if (recorded.length === 0) return;
    this.#late = this.#late.filter((row) => !recorded.includes(row));
    if (this.#late.length === 0) await this.#journal.clear();
  }

  /** Whether such a token may be let through without the database. */
  knows(hash: string): boolean {
    return this.#find(hash) !== undefined;
  }

  /** Hashes of the tokens that it would let through. */
  get remembered(): readonly string[] {
    return [...this.#askers.keys()].filter((hash) => this.knows(hash));
  }

  /** Forgets whose token, or right to ask, has ended since. @param looked at: tokens of which the standing says something */
  renew(looked: readonly string[], { known, stops }: Pick<Standing, "known" | "stops">): void {
    for (const hash of looked) {
      const asker = this.#askers.get(hash)?.asker;
      if (!known.has(hash)) this.#askers.delete(hash);
      else if (asker) Object.assign(asker, { stops });
    }
  }

  /**
   * As book, without it. What is under way counts in the memory of this process alone.
   * @returns undefined once it has been away for too long
   * @throws Error when the file can't be written: nothing may be sent then
   */
  async decide(asks: readonly Ask[]): Promise<readonly (Decision | undefined)[] | undefined> {
    if (!this.#contact.holds) return undefined;
    const now = new Date();
    const decisions = asks.map(({ hash, request }) => {
      const asker = this.#find(hash);
      return asker && decide(Object.assign(asker, { now }), request, this.#judging);
    });
    const known = asks.filter((_ask, at) => decisions[at] !== undefined);
    const decided = decisions.filter((decision) => decision !== undefined);
    const rows = openedBy(known, decided, this.#judging.gatewayId);
    await this.#journal.add(rows);
    this.#late.push(...rows);
    return decisions;
  }

  #find(hash: string): (Spend & Booked) | undefined {
    const found = this.#askers.get(hash);
    return found && this.#contact.covers(found.readAt) ? found.asker : undefined;
  }

  /** Leaves the file to the next process, if there is anything in it. */
  close(): Promise<void> {
    return this.#journal.close();
  }
}
