// What a gateway decides by itself while the database is away: for a minute, by what it has read last, and with a file in
// which each request stands before it is sent.
import { type Ask, openedBy } from "./booking.ts";
import type { Contact } from "./contact.ts";
import { type Decision, decide, type Judging } from "./decide.ts";
import type { RequestJournal } from "./journal.ts";
import type { OpenRequest } from "./request-rows.ts";
import type { Booked, Spend } from "./spend.ts";

const MOST_REMEMBERED = 20_000;

export class WhileAway {
  readonly #judging: Judging;
  readonly #journal: RequestJournal;
  readonly #contact: Contact;
  /** By the hashes of their tokens. */
  readonly #askers = new Map<string, Spend & Booked>();
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
    for (const asker of askers) for (const hash of asker.hashes) this.#askers.set(hash, asker);
    if (recorded.length === 0) return;
    this.#late = this.#late.filter((row) => !recorded.includes(row));
    if (this.#late.length === 0) await this.#journal.clear();
  }

  /** Whether such a token may be let through without the database. */
  knows(hash: string): boolean {
    return this.#contact.holds && this.#askers.has(hash);
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
      const asker = this.#askers.get(hash);
      return asker && decide(Object.assign(asker, { now }), request, this.#judging);
    });
    const known = asks.filter((_ask, at) => decisions[at] !== undefined);
    const decided = decisions.filter((decision) => decision !== undefined);
    const rows = openedBy(known, decided, this.#judging.gatewayId);
    await this.#journal.add(rows);
    this.#late.push(...rows);
    return decisions;
  }

  /** Leaves the file to the next process, if there is anything in it. */
  close(): Promise<void> {
    return this.#journal.close();
  }
}
