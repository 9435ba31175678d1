// Who may still ask, as all processes see it: looked at twice a second for what runs in a gateway, and for whom it would
// decide if the database went away.
import { sql as raw } from "kysely";
import type { Sql } from "../database/database.ts";
import { ENDED_PAYMENTS } from "../lifecycle.ts";
import { MAY_ASK } from "./decide.ts";

export interface Standing {
  /** Deployments of those that were looked at which may ask. */
  readonly allowed: ReadonlySet<string>;
  /** Hashes of tokens of those that were looked at which are still good, and of a deployment that may ask. */
  readonly known: ReadonlySet<string>;
  /** Providers that the operator has stopped; `all` for all. */
  readonly stops: readonly string[];
}

/** @throws Error while the database is away */
export async function readStanding(
  sql: Sql,
  ids: readonly string[],
  hashes: readonly string[],
): Promise<Standing> {
  const mayAsk = raw`deployments.status = any(${[...MAY_ASK]}::text[])
    and deployments.payment <> all(${[...ENDED_PAYMENTS]}::text[])`;
  const { rows } = await raw<Record<"allowed" | "known" | "stops", string[]>>`
    select array(select id::text from deployments where id = any(${ids}::uuid[]) and ${mayAsk}) as allowed,
      array(select hash from model_tokens join deployments on deployments.id = deployment_id
        where hash = any(${hashes}::text[]) and ${mayAsk}) as known,
      array(select provider from model_stops) as stops`.execute(sql);
  const { allowed = [], known = [], stops = [] } = rows[0] ?? {};
  return { allowed: new Set(allowed), known: new Set(known), stops };
}
