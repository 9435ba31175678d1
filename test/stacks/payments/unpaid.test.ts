// What nobody has paid for in time is deleted, unless its customer is about to pay while Polar is asked about the checkout before.
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { createSlot, findDeployment, getDeployment } from "../../../stacks/deployments/deployments.ts";
import { Overdue } from "../../../stacks/payments/overdue.ts";
import { payAgain } from "../../../stacks/payments/payments.ts";
import type { Polar } from "../../../stacks/payments/polar.ts";
import { lookAtPayments, type Watched } from "../../../stacks/payments/watch.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const DAYS_AGO = new Date(Date.now() - 3 * 86_400_000);

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(async () => {
  await database?.close();
});

it.each([
  ["its customer does nothing", false, "deleting"],
  ["its customer asks for a new checkout", true, "suspended"],
])("while Polar is asked, %s", async (_what, paysAgain, status) => {
  const { sql } = database;
  const { id } = await createSlot(sql, { accountId: DEFAULT_ACCOUNT_ID, apiMode: "byok", maxLive: 0 });
  const suspended = { status: "suspended", payment: "revoked", payment_ended_at: DAYS_AGO } as const;
  const checkout = { checkout_url: "https://polar.example/1", checkout_expires_at: DAYS_AGO };
  const exists = { stack_exists: true, suspended_from: "active" } as const;
  await sql
    .updateTable("deployments")
    .set({ ...suspended, ...checkout, ...exists })
    .where("id", "=", id)
    .execute();
  const made = crypto.randomUUID();
  const polar = {
    sells: () => true,
    isOver: async () => true,
    createCheckout: async () => ({
      id: made,
      url: "https://polar.example/2",
      expiresAt: new Date(Date.now() + 3_600_000),
    }),
    async askCheckout() {
      const shop = { sql, payments: { kind: "polar", polar }, publicUrl: "http://berth.example" } as const;
      if (paysAgain) await payAgain(shop, await getDeployment(sql, DEFAULT_ACCOUNT_ID, id));
      return { notices: [], isOver: true };
    },
  } as unknown as Polar;
  const watched = {
    sql,
    polar,
    overdue: new Overdue(0),
    log: pino({ level: "silent" }),
    boss: { send: async () => null },
  };
  const settings = { suspensionGraceMs: 60_000 };
  await lookAtPayments({ ...watched, settings } as unknown as Watched);
  expect(await findDeployment(sql, id)).toMatchObject({ status, ...(paysAgain && { checkout_id: made }) });
  await sql.deleteFrom("operations").where("deployment_id", "=", id).execute();
  await sql.deleteFrom("deployments").where("id", "=", id).execute();
});
