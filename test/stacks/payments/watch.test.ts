// Payments on a real PostgreSQL, whose transactions run side by side, which the embedded database's don't.
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Overdue } from "../../../stacks/payments/overdue.ts";
import { lookAtPayments } from "../../../stacks/payments/watch.ts";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import { deliver, openProvider, type PolarServer, polarSettings, startPolar } from "../../support/polar.ts";
import { type PostgresServer, startPostgres } from "../../support/postgres.ts";

let postgres: PostgresServer;
let polar: PolarServer;
let berth: TestBerth;
beforeAll(async () => {
  [postgres, polar] = await Promise.all([startPostgres(), startPolar()]);
  berth = await startTestBerth(29, {
    ...polarSettings(polar),
    BERTH_ROLE: "api",
    DATABASE_URL: postgres.url,
  });
});
afterAll(async () => {
  await berth.close();
  await polar.close();
  await postgres.stop();
});

it("events that arrive all at once, twice each, while Polar is asked by two workers, pay for a slot once", async () => {
  for (let round = 0; round < 5; round++) {
    const { body } = await berth.call("POST", "purchase", { apiMode: "byok" });
    const id = body.data?.deploymentId ?? "";
    const { events, order } = polar.buy([...polar.checkouts.keys()].at(-1) ?? "");
    await berth.installation.sql
      .updateTable("deployments")
      .set({ payment_asked_at: null })
      .where("id", "=", id)
      .execute();
    const answers = await Promise.all([
      ...[...events, ...events].map(async (event) => (await deliver(berth.url, event)).status),
      ...[look(), look()],
    ]);
    expect(answers.filter((status) => status !== 202 && status !== undefined)).toEqual([]);
    const shown = await berth.call("GET", `${id}/status`);
    expect(shown.body.data?.status).toBe("purchased");
    const operations = await berth.call("GET", `${id}/operations`);
    expect(operations.body.data).toMatchObject([{ kind: "prepare" }]);
    const heard = await berth.installation.sql
      .selectFrom("payment_notices")
      .select("order_id")
      .where("deployment_id", "=", id)
      .where("type", "=", "order.paid")
      .execute();
    expect(heard).toEqual([{ order_id: order.id }]);
  }
});

async function look(): Promise<undefined> {
  const log = pino({ level: "silent" });
  await lookAtPayments({
    ...berth.installation,
    polar: await openProvider(polar),
    overdue: new Overdue(0),
    log,
  });
}
