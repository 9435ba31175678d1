// Checks deployments by pages: whether everything of them is as it was asked for, and nothing else is there. Changes
// nothing.
import { cutPage, type Page } from "../database/pages.ts";
import { notFound } from "../errors.ts";
import type { Examination } from "./examine.ts";
import { lookAtAll } from "./look.ts";
import { lookAtInstallation } from "./look-at-installation.ts";
import type { DoctorParts } from "./parts.ts";
import type { Stocks } from "./stocks.ts";
import { takeStock } from "./take-stock.ts";

/**
 * All deployments of all accounts, newest first; ahead of the first page's, the installation itself.
 * @param stocks keeps what pages that follow one another share
 */
export async function examineAll(
  parts: DoctorParts,
  page: Page,
  stocks: Stocks,
): Promise<{ rows: Examination[]; nextCursor: string | null }> {
  const startedAt = new Date();
  let query = deployments(parts);
  if (page.cursor) query = query.where("deployments.id", "<", page.cursor);
  const found = await query
    .orderBy("deployments.id", "desc")
    .limit(page.limit + 1)
    .execute();
  const { rows, nextCursor } = cutPage(found, page);
  const take = () => takeStock(parts);
  const stock = page.cursor ? await stocks.forNextPage(take) : await stocks.takeNew(take);
  const installation = page.cursor ? [] : [await lookAtInstallation(parts, stock, startedAt)];
  return { rows: [...installation, ...(await lookAtAll(parts, rows, stock))], nextCursor };
}

/** @throws BerthError NOT_FOUND when there is none with this id, or it is deleted */
export async function examineOne(parts: DoctorParts, id: string): Promise<Examination[]> {
  const found = await deployments(parts).where("deployments.id", "=", id).execute();
  if (found.length === 0) throw notFound();
  return lookAtAll(parts, found, await takeStock(parts));
}

function deployments({ sql }: DoctorParts) {
  return sql
    .selectFrom("deployments")
    .innerJoin("accounts", "accounts.id", "deployments.account_id")
    .selectAll("deployments")
    .select("accounts.name as account")
    .where("deployments.status", "!=", "deleted");
}
