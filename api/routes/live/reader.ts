// Reads what streams send: one statement for all deployments of a batch, one for all its operations, for any number of streams.
import type { z } from "zod";
import type { Sql } from "../../../stacks/database/database.ts";
import { listDeployments, readListed } from "../../../stacks/operations/listing.ts";
import { listLive, type Progress, readProgress } from "../../../stacks/operations/progress.ts";
import type { LiveOperation } from "../../contract/live.ts";
import { operationView, type ViewParts } from "../deployment-view.ts";
import { listedView } from "../listed-view.ts";
import type { Entry } from "./memory.ts";

export type ReaderParts = ViewParts & { readonly sql: Sql };

/** An event that is ready to be sent to who follows that account. */
export interface Made {
  readonly entry: Entry;
  readonly accountId: string;
  /** JSON. */
  readonly data: string;
}

/** Of one read. */
export const ROWS_AT_ONCE = 100;
const MOST_LIVE = 500;

/** What has become of these. @param accountIds whose; everybody's if undefined */
export async function readEntries(
  parts: ReaderParts,
  entries: readonly Entry[],
  accountIds: readonly string[] | undefined,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let at = 0; at < entries.length; at += ROWS_AT_ONCE)
    made.push(...(await readSome(parts, entries.slice(at, at + ROWS_AT_ONCE), accountIds)));
  return made;
}

async function readSome(
  parts: ReaderParts,
  entries: readonly Entry[],
  accountIds: readonly string[] | undefined,
): Promise<Made[]> {
  const idsOf = (kind: Entry["kind"]) => entries.flatMap((entry) => (entry.kind === kind ? entry.id : []));
  const [deployments, operations] = [idsOf("deployment"), idsOf("operation")];
  const rows = deployments.length > 0 ? await readListed(parts.sql, deployments, accountIds) : [];
  const progress = operations.length > 0 ? await readProgress(parts.sql, operations, accountIds) : [];
  const named = entries.flatMap((entry) => ("accountId" in entry ? byName(entry) : []));
  return [...rows.map((row) => ofRow(parts, row)), ...progress.map(ofOperation), ...named].filter(
    ({ accountId }) => accountIds?.includes(accountId) ?? true,
  );
}

/** All that there is, piece by piece. @param accountId whose; everybody's if undefined */
export async function* readAll(parts: ReaderParts, accountId: string | undefined): AsyncGenerator<Made[]> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = { limit: ROWS_AT_ONCE, cursor };
    const { rows, nextCursor }: Awaited<ReturnType<typeof listDeployments>> = await listDeployments(
      parts.sql,
      accountId,
      {},
      page,
    );
    yield rows.map((row) => ofRow(parts, row));
    cursor = nextCursor;
  }
  yield (await listLive(parts.sql, accountId, MOST_LIVE)).map(ofOperation);
}

export function liveOperationView(progress: Progress): z.infer<typeof LiveOperation> {
  const { operation, name, account, sentence } = progress;
  return {
    deploymentId: operation.deployment_id,
    name,
    account,
    operation: operationView(operation),
    progress: sentence,
  };
}

function ofRow(parts: ViewParts, row: Parameters<typeof listedView>[1]): Made {
  const entry = { kind: "deployment", id: row.id } as const;
  return { entry, accountId: row.deployment.account_id, data: JSON.stringify(listedView(parts, row)) };
}

function ofOperation(progress: Progress): Made {
  const { id, deployment_id: deploymentId } = progress.operation;
  const data = JSON.stringify(liveOperationView(progress));
  return { entry: { kind: "operation", id, deploymentId }, accountId: progress.accountId, data };
}

/** What has changed is read by another call, if at all. */
function byName(entry: Extract<Entry, { accountId: string }>): Made {
  return { entry, accountId: entry.accountId, data: JSON.stringify({ deploymentId: entry.id }) };
}
