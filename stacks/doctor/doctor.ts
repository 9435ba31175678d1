// Checks deployments by pages: whether everything of them is as it was asked for, and nothing else is there. Changes
// nothing.
import { EngineAway } from "../../infra/target.ts";
import { cutPage, type Page } from "../database/pages.ts";
import { notFound } from "../errors.ts";
import { AUDITS } from "./audits.ts";
import type { Examination } from "./examine.ts";
import { lookAtAll, type OwnedDeployment } from "./look.ts";
import { lookAtInstallation } from "./look-at-installation.ts";
import type { DoctorParts } from "./parts.ts";
import type { Stocks } from "./stocks.ts";
import type { Stock } from "./target-audit.ts";

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
  const stock = page.cursor ? await stocks.forNextPage(take) : await stocks.anew(take);
  const installation = page.cursor ? [] : [await lookAtInstallation(parts, stock, startedAt)];
  return { rows: [...installation, ...(await look(parts, rows, stock))], nextCursor };
}

/** @throws BerthError NOT_FOUND when there is none with this id, or it is deleted */
export async function examineOne(parts: DoctorParts, id: string): Promise<Examination[]> {
  const found = await deployments(parts).where("deployments.id", "=", id).execute();
  if (found.length === 0) throw notFound();
  return look(parts, found, await takeStock(parts));
}

function deployments({ sql }: DoctorParts) {
  return sql
    .selectFrom("deployments")
    .innerJoin("accounts", "accounts.id", "deployments.account_id")
    .selectAll("deployments")
    .select("accounts.name as account")
    .where("deployments.status", "!=", "deleted");
}

/** Undefined where the target is not audited. */
async function takeStock({ settings }: DoctorParts): Promise<Stock | undefined> {
  const audit = AUDITS.get(settings.target);
  return audit?.takeStock(settings).catch((error: unknown) => {
    if (error instanceof EngineAway) return audit.away;
    throw error;
  });
}

/** A target that goes away meanwhile is away. */
async function look(
  parts: DoctorParts,
  rows: readonly OwnedDeployment[],
  stock: Stock | undefined,
): Promise<Examination[]> {
  return lookAtAll(parts, rows, stock).catch((error: unknown) => {
    if (error instanceof EngineAway) return lookAtAll(parts, rows, AUDITS.get(parts.settings.target)?.away);
    throw error;
  });
}
