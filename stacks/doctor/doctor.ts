// Checks deployments by pages: whether everything of them is as it was asked for, and nothing else is there. Changes
// nothing.
import { takeInventory } from "../../infra/docker/inventory.ts";
import { EngineAway } from "../../infra/target.ts";
import { cutPage, type Page } from "../database/pages.ts";
import { offers } from "../deployments/regions.ts";
import { notFound } from "../errors.ts";
import type { Examination } from "./examine.ts";
import { type DoctorParts, type Examined, lookAtAll } from "./look.ts";
import { lookAtInstallation } from "./look-at-installation.ts";

/** All deployments of all accounts, newest first; ahead of the first page's, the installation itself. */
export async function examineAll(
  parts: DoctorParts,
  page: Page,
): Promise<{ rows: Examination[]; nextCursor: string | null }> {
  const startedAt = new Date();
  let query = deployments(parts);
  if (page.cursor) query = query.where("deployments.id", "<", page.cursor);
  const found = await query
    .orderBy("deployments.id", "desc")
    .limit(page.limit + 1)
    .execute();
  const { rows, nextCursor } = cutPage(found, page);
  const inventory = await ask(parts);
  const installation = page.cursor ? [] : [await lookAtInstallation(parts, inventory, startedAt)];
  return { rows: [...installation, ...(await look(parts, rows, inventory))], nextCursor };
}

/** @throws BerthError NOT_FOUND when there is none with this id, or it is deleted */
export async function examineOne(parts: DoctorParts, id: string): Promise<Examination[]> {
  const found = await deployments(parts).where("deployments.id", "=", id).execute();
  if (found.length === 0) throw notFound();
  return look(parts, found, await ask(parts));
}

function deployments({ sql }: DoctorParts) {
  return sql
    .selectFrom("deployments")
    .innerJoin("accounts", "accounts.id", "deployments.account_id")
    .selectAll("deployments")
    .select("accounts.name as account")
    .where("deployments.status", "!=", "deleted");
}

type Asked = Awaited<ReturnType<typeof takeInventory>> | "away" | undefined;

async function ask({ settings }: DoctorParts): Promise<Asked> {
  return offers(settings, "inventory") ? takeInventory().catch(awayOnly) : undefined;
}

/** An engine that goes away meanwhile is away. */
async function look(parts: DoctorParts, rows: readonly Examined[], asked: Asked): Promise<Examination[]> {
  if (asked === undefined || asked === "away") return lookAtAll(parts, rows, undefined);
  const seen = await lookAtAll(parts, rows, asked).catch(awayOnly);
  return seen === "away" ? lookAtAll(parts, rows, undefined) : seen;
}

function awayOnly(error: unknown): "away" {
  if (error instanceof EngineAway) return "away";
  throw error;
}
