// What is asked again and again is found by an index, and in as many statements as before, however many deployments there are.
import { sql as raw } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { beginDue } from "../../../stacks/backups/schedule.ts";
import { lookAtAll } from "../../../stacks/doctor/look.ts";
import type { DoctorParts } from "../../../stacks/doctor/parts.ts";
import type { LifecycleContext } from "../../../stacks/operations/enqueue.ts";
import { listDeployments } from "../../../stacks/operations/listing.ts";
import { SecretBox } from "../../../stacks/secret.ts";
import type { StackSettings } from "../../../stacks/settings.ts";
import { listAccounts } from "../../../stacks/usage/account-totals.ts";
import { latestDisk } from "../../../stacks/watch/data-size/totals.ts";
import { measureNext } from "../../../stacks/watch/docker/measure-data.ts";
import { askDue } from "../../../stacks/watch/models.ts";
import { listSettled, recordUnknown } from "../../../stacks/watch/observations.ts";
import { type ExplainedDatabase, openExplained } from "../../support/plans.ts";

const log = pino({ level: "silent" });
const box = new SecretBox(Buffer.alloc(32, 7));
const settings = {
  ...{ places: [{ target: "docker", region: null }], target: "docker", concurrency: 2, modelKeys: {} },
  ...{ backups: { everyMs: 86_400_000 }, dataDir: "/nowhere", backendUrl: "file:///nowhere" },
  ...{ portRange: { first: 20_000, last: 30_000 }, subnetPool: "10.0.0.0/8", stateLimitBytes: 0 },
} as unknown as StackSettings;

let database: ExplainedDatabase;
beforeAll(async () => {
  database = await openExplained();
  const { sql } = database;
  const id = (n: string) => raw`('01900000-0000-7000-8000-' || lpad(to_hex(${raw.raw(n)}), 12, '0'))::uuid`;
  // Of 4,000 deployments 40 are active; each of these has thirty days of use and of backups.
  await raw`insert into deployments (id, account_id, status, api_mode, checkout_id, model_check_at, state_check_at, address, state_use)
    select ${id("n")}, ${DEFAULT_ACCOUNT_ID}, case when n % 100 = 0 then 'active' else 'purchased' end, 'byok', ${id("n")},
      now() + interval '1 hour', now() + interval '1 hour', n, jsonb_build_object('measuredAt', now()::text)
    from generate_series(1, 4000) as n`.execute(sql);
  await raw`insert into operations (id, deployment_id, kind, state, finished_at)
    select ${id("n")}, ${id("n")}, 'activate', 'succeeded', now() - interval '9 days' from generate_series(1, 4000) as n`.execute(
    sql,
  );
  await raw`update deployments set operation_id = id`.execute(sql);
  await raw`insert into backups (id, deployment_id, account_id, reason, state, image, operation_id, created_at)
    select gen_random_uuid(), ${id("n * 100")}, ${DEFAULT_ACCOUNT_ID}, 'scheduled', 'ready', 'i', ${id("n")},
      now() - make_interval(days => day) from generate_series(1, 40) as n, generate_series(0, 29) as day`.execute(
    sql,
  );
  await raw`insert into model_usage_days (deployment_id, day, provider, model, microdollars)
    select ${id("n * 100")}, (now() at time zone 'UTC')::date - day, 'anthropic', 'm', 1000000
      from generate_series(1, 40) as n, generate_series(0, 29) as day`.execute(sql);
  await raw`vacuum analyze`.execute(sql);
});
afterAll(() => database?.close());

it("who is to be asked for, or measured, is found by when", async () => {
  const modelApis = {} as never;
  const [models] = await database.plansOf((sql) => askDue({ sql, box, settings, modelApis, log }));
  expect(models).toContain("Scan using models_to_check");
  expect(models).not.toContain("Seq Scan");
  const never = new AbortController().signal;
  const [data] = await database.plansOf((sql) => measureNext({ sql, settings, log }, never));
  expect(data).toContain("Scan using data_to_measure");
});

it("what the engine should have is found by the status", async () => {
  const [settled] = await database.plansOf((sql) => listSettled(sql));
  expect(settled).toMatch(/(Scan using|Index Scan on) deployments_by_status/);
  expect(settled).not.toContain("Seq Scan on deployments");
});

it("a page of a list reads no more than its rows, also of some statuses", async () => {
  const page = { limit: 20 };
  for (const filter of [{}, { status: ["active", "stopped"] as const }]) {
    const [plan, ...others] = await database.plansOf((sql) =>
      listDeployments(sql, DEFAULT_ACCOUNT_ID, filter, page),
    );
    expect(others).toEqual([]);
    expect(plan).not.toMatch(/Seq Scan on (deployments|operations)/);
    expect(plan, "an index has them in order").toMatch(/Limit.*\n.*Index (Only )?Scan/);
  }
});

it("which backups are due is asked by two statements: whose turn it is, only of those that are untried", async () => {
  const boss = {} as LifecycleContext["boss"];
  const plans = await database.plansOf((sql) => beginDue({ sql, box, settings, boss }, new Date(0)));
  expect(plans).toHaveLength(2);
  expect(plans[1]).toMatch(/CTE Scan on untried/);
  expect(plans[1]).toContain("using scheduled_backups");
  expect(plans[1]).not.toMatch(/Seq Scan on (deployments|operations)/);
});

it("the disk that was seen last is found by when", async () => {
  const [plan] = await database.plansOf((sql) => latestDisk(sql));
  expect(plan).toContain("using latest_measurements");
});

it("what accounts have spent is added up once for all of a page", async () => {
  const [plan = "", ...others] = await database.plansOf((sql) => listAccounts(sql, undefined, { limit: 20 }));
  expect(others).toEqual([]);
  expect(plan.match(/on model_usage_days/g)).toHaveLength(1);
  const { rows } = await listAccounts(database.sql, undefined, { limit: 20 });
  const spent = await raw<{ usd: number }>`select count(*)::int as usd from model_usage_days
    where day >= date_trunc('month', now() at time zone 'UTC')`.execute(database.sql);
  expect(rows).toMatchObject([{ deployments: 4000, active: 40, ...spent.rows[0] }]);
});

it("doctor asks the same few statements for a page of any length, none of which reads all", async () => {
  const parts = { sql: database.sql, box, settings } as unknown as DoctorParts;
  const read = async (count: number) => {
    const rows = await database.sql.selectFrom("deployments").selectAll().limit(count).execute();
    const owned = rows.map((row) => ({ ...row, account: "default" }));
    return database.plansOf(() => lookAtAll(parts, owned, undefined));
  };
  const [one, twenty] = [await read(1), await read(20)];
  expect(twenty).toHaveLength(one.length);
  for (const plan of twenty) expect(plan).not.toContain("Seq Scan");
});

it("ids are one parameter: a statement takes 65,535", async () => {
  const ids = Array.from({ length: 70_000 }, () => "01900000-0000-7000-8000-00000000ffff");
  expect(await listSettled(database.sql, ids)).toEqual([]);
  await recordUnknown(database.sql);
  const unknown = database.sql.selectFrom("deployments").select("id").where("seen", "is not", null);
  expect(await unknown.execute()).toHaveLength(40);
});
