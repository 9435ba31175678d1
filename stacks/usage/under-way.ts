// Requests of this process that are under way: they end when their assistant is stopped, or the operator stops their provider.
import { sql as raw } from "kysely";
import type { ModelProvider } from "../../infra/assistant/openclaw.ts";
import type { Sql } from "../database/database.ts";
import { ENDED_PAYMENTS } from "../lifecycle.ts";
import { MAY_ASK } from "./decide.ts";

interface Running {
  readonly deploymentId: string;
  readonly provider: ModelProvider;
  readonly ending: AbortController;
}

export class UnderWay {
  readonly #running = new Map<string, Running>();

  /** @returns what gives the signal when the request is to end */
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
    const { allowed = [], stops = [] } = rows[0] ?? {};
    for (const { deploymentId, provider, ending } of all)
      if (!allowed.includes(deploymentId) || stops.includes("all") || stops.includes(provider))
        ending.abort();
  }
}
