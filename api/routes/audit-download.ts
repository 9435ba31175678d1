import type { RequestHandler } from "express";
import { type ListedAuditRow, listAudit } from "../../stacks/accounts/audit-trail.ts";
import type { Sql } from "../../stacks/database/database.ts";
import * as answers from "../contract/account.ts";
import { AuditFilter } from "../contract/requests.ts";
import { accountAskedFor } from "../middleware/account-access.ts";
import type { KeyParts } from "../middleware/authenticate.ts";
import { callerOf } from "../middleware/caller.ts";
import { AtOnce } from "../middleware/concurrency-limit.ts";
import { parse } from "../middleware/problem.ts";
import { auditRowView } from "./audit.ts";
import { sendDownload } from "./send-download.ts";

const DOWNLOADS_OF_AN_ACCOUNT = 2;
/** How many rows are in memory. */
const BATCH = 1_000;
const COLUMNS = Object.keys(answers.AuditRow.shape) as (keyof typeof answers.AuditRow.shape)[];

type ReadPage = (cursor?: string) => ReturnType<typeof listAudit>;

/** GET /audit/download: all the rows that GET /audit has page by page, as CSV. */
export function downloadAudit(parts: Pick<KeyParts, "keyLookup"> & { readonly sql: Sql }): RequestHandler {
  const downloads = new AtOnce(DOWNLOADS_OF_AN_ACCOUNT, "downloads the audit trail");
  return async (request, response) => {
    const { account, ...filter } = parse(AuditFilter, request.query);
    const accountId = await accountAskedFor(parts.sql, callerOf(response), account);
    const isWanted = request.method !== "HEAD";
    if (isWanted) downloads.count(response);
    const read: ReadPage = (cursor) => listAudit(parts.sql, accountId, filter, { limit: BATCH, cursor });
    const content = isWanted ? csv(await read(), read) : [];
    await sendDownload(request, response, parts, {
      type: "text/csv; charset=utf-8",
      fileName: `audit-trail-${new Date().toISOString().slice(0, 10)}.csv`,
      content,
      failure: "the audit trail can't be read",
    });
  };
}

async function* csv(page: Awaited<ReturnType<ReadPage>>, read: ReadPage): AsyncGenerator<string> {
  yield lineOf(COLUMNS);
  for (;;) {
    if (page.rows.length > 0) yield page.rows.map((row) => lineOf(cellsOf(row))).join("");
    if (page.nextCursor === null) return;
    page = await read(page.nextCursor);
  }
}

function cellsOf(row: ListedAuditRow): string[] {
  const view = auditRowView(row);
  return COLUMNS.map((name) => {
    const value = view[name];
    return value instanceof Date ? value.toISOString() : String(value ?? "");
  });
}

/** As of RFC 4180. */
function lineOf(cells: readonly string[]): string {
  return `${cells.map(quoted).join(",")}\r\n`;
}

/** What a spreadsheet would take for a formula is text: a caller chooses its request's id. */
function quoted(cell: string): string {
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
