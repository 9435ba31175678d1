// Requests of this process that are under way: they end when their assistant is stopped, when the operator stops their
// provider, and when the database has been away for so long that nobody knows whether they may go on.
import { sql as raw } from "kysely";
import type { ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { Refusal } from "../../infra/gateway/access.ts";
import type { Sql } from "../database/database.ts";
import { ENDED_PAYMENTS } from "../lifecycle.ts";
import type { Contact } from "./contact.ts";
import { MAY_ASK } from "./decide.ts";

const STOPPED: Refusal = { status: 403, message: "This assistant may not use models any longer." };
const UNKNOWN: Refusal = { status: 503, message: "Requests can't be counted now. Try again in a moment." };

interface Running {
  readonly deploymentId: string;
  readonly provider: ModelProvider;
  readonly ending: AbortController;
}

export class UnderWay {
  readonly #running = new Map<string, Running>();
  readonly #contact: Contact;

  constructor(contact: Contact) {
    this.#contact = contact;
  }

  /** @returns what gives the signal when the request is to end, with the refusal as its reason */
  begin(id: string, deploymentId: string, provider: ModelProvider): AbortSignal {
    const ending = new AbortController();
    this.#running.set(id, { deploymentId, provider, ending });
    return ending.signal;
  }

  end(id: string): void {
    this.#running.delete(id);
  }

  /** Ends those that may not go on. @throws Error while the database is away */
  async endStopped(sql: Sql): Promise<void> {
    if (this.#running.size === 0) return;
    const all = [...this.#running.values()];
    const ids = [...new Set(all.map(({ deploymentId }) => deploymentId))];
    const { rows } = await raw<{ readonly allowed: string[]; readonly stops: string[] }>`
      select array(select id::text from deployments where id = any(${ids}::uuid[]) and status = any(${[...MAY_ASK]}::text[])
        and payment <> all(${[...ENDED_PAYMENTS]}::text[])) as allowed, array(select provider from model_stops) as stops`.execute(
      sql,
    );
    this.#contact.heard();
    const { allowed = [], stops = [] } = rows[0] ?? {};
    for (const { deploymentId, provider, ending } of all)
      if (!allowed.includes(deploymentId) || stops.includes("all") || stops.includes(provider))
        ending.abort(STOPPED);
  }

  /** Ends all once the database has been away for a minute: whoever was stopped meanwhile would go on. */
  endUnknown(): void {
    if (this.#contact.holds) return;
    for (const { ending } of this.#running.values()) ending.abort(UNKNOWN);
  }
}
