// What running assistants have used in the last hour, as it was measured for all of them. Where nothing was measured there is
// nothing: a gap stays one.
import { sql as raw } from "kysely";
import type { Sample } from "../../infra/found.ts";
import type { Sql } from "../database/database.ts";

/** Shorter than two measurements of one assistant are apart: one does not take the place of the last. */
const PLACE_SECONDS = 30;
export const KEPT_SECONDS = 3_600;
const PLACES = KEPT_SECONDS / PLACE_SECONDS;

/** With the room that its data was last found to take by then. */
export interface PastSample extends Sample {
  readonly stateUsedBytes: number | null;
}

/** Of those that are active still. */
export async function recordSamples(sql: Sql, samples: ReadonlyMap<string, Sample>): Promise<void> {
  const rows = [...samples].map(([id, sample]) => ({
    id,
    at: sample.at,
    seconds: sample.seconds,
    cpu: sample.cpuCores,
    memory: sample.memoryBytes,
    received: sample.receivedBytesPerSecond,
    sent: sample.sentBytesPerSecond,
  }));
  await raw`
    insert into samples (deployment_id, place, at, seconds, cpu_cores, memory_bytes, received_per_second,
      sent_per_second, state_used_bytes)
    select id, floor(extract(epoch from new.at) / ${raw.lit(PLACE_SECONDS)})::bigint % ${raw.lit(PLACES)}, new.at, seconds, cpu,
      memory, received, sent, (state_use->>'usedBytes')::float8
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new(id uuid, at timestamptz, seconds float8, cpu float8,
      memory float8, received float8, sent float8)
      join deployments using (id)
    where status = 'active'
    on conflict (deployment_id, place) do update set at = excluded.at, seconds = excluded.seconds,
      cpu_cores = excluded.cpu_cores, memory_bytes = excluded.memory_bytes,
      received_per_second = excluded.received_per_second, sent_per_second = excluded.sent_per_second,
      state_used_bytes = excluded.state_used_bytes`.execute(sql);
}

/** Of the last hour, oldest first. */
export async function recordedSamples(sql: Sql, deploymentId: string): Promise<PastSample[]> {
  const rows = await sql
    .selectFrom("samples")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .where("at", ">", raw<Date>`now() - interval '1 hour'`)
    .orderBy("at")
    .execute();
  return rows.map((row) => ({
    at: row.at,
    seconds: row.seconds,
    cpuCores: row.cpu_cores,
    memoryBytes: row.memory_bytes,
    receivedBytesPerSecond: row.received_per_second,
    sentBytesPerSecond: row.sent_per_second,
    stateUsedBytes: row.state_used_bytes,
  }));
}

/** Those of whom nothing new comes. Twice the hour: rows that are about to be written over stay where they are. */
export async function forgetSamples(sql: Sql): Promise<void> {
  await sql.deleteFrom("samples").where("at", "<", raw<Date>`now() - interval '2 hours'`).execute();
}
