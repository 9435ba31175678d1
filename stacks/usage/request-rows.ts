// Rows of requests to models, many at a time.
import { sql as raw, type Selectable } from "kysely";
import type { ModelRequest } from "../../infra/gateway/access.ts";
import type { Sql } from "../database/database.ts";
import type { ModelRequestTable } from "../database/model-usage-tables.ts";
import type { Permission } from "./decide.ts";

/** One that is sent, or about to be. Plain data: it is kept in a file while the database is away. */
export interface OpenRequest
  extends Pick<ModelRequestTable, "id" | "deployment_id" | "gateway_id" | "provider" | "model"> {
  readonly at: Date | string;
  readonly worst_tokens: number;
  readonly worst_microdollars: number | null;
}

export function openRequest(
  id: string,
  { provider, model, worst }: ModelRequest,
  { deploymentId, at }: Permission,
  gatewayId: string,
): OpenRequest {
  return {
    id,
    deployment_id: deploymentId,
    gateway_id: gatewayId,
    at,
    provider,
    model: model ?? "",
    worst_tokens: worst.tokens,
    worst_microdollars: worst.microdollars,
  };
}

/** @returns ids of those that were not there yet */
export async function insertRequests(trx: Sql, rows: readonly OpenRequest[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const { rows: inserted } = await raw<{ id: string }>`
    insert into model_requests (id, deployment_id, gateway_id, at, provider, model, state, worst_tokens, worst_microdollars)
    select id, deployment_id, gateway_id, at, provider, model, 'open', worst_tokens, worst_microdollars
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(id uuid, deployment_id uuid, gateway_id uuid,
      at timestamptz, provider text, model text, worst_tokens float8, worst_microdollars float8)
    on conflict (id) do nothing returning id`.execute(trx);
  return new Set(inserted.map(({ id }) => id));
}

/** What has become of them. */
export async function writeRequests(trx: Sql, rows: readonly Selectable<ModelRequestTable>[]): Promise<void> {
  await raw`
    update model_requests as old set state = new.state, input = new.input, cached_input = new.cached_input,
      cache_writes = new.cache_writes, output = new.output, counted_tokens = new.counted_tokens,
      microdollars = new.microdollars, status = new.status, duration_ms = new.duration_ms
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(id uuid, state text, input float8, cached_input float8,
      cache_writes float8, output float8, counted_tokens float8, microdollars float8, status integer, duration_ms integer)
    where old.id = new.id`.execute(trx);
}
