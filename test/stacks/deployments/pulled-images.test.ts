// Which of the images that were pulled for deployments are needed: what a deployment is pinned to, asks for or is upgraded to.
import { sql as rawSql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import type { Database, Sql } from "../../../stacks/database/database.ts";
import {
  forgetPull,
  listUnneeded,
  recordPull,
  unneededImages,
} from "../../../stacks/deployments/pulled-images.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";

const ID = "01900000-0000-7000-8000-000000000000";
const IMAGE = { pin: "a.example/b@sha256:1", reference: "a.example/b:1" };

let database: Database;
let sql: Sql;
beforeEach(async () => {
  database = await openEmptyDatabase();
  sql = database.sql;
  await rawSql`insert into deployments (id, account_id, status, api_mode, checkout_id)
    values (${ID}, ${DEFAULT_ACCOUNT_ID}, 'stopped', 'byok', ${ID})`.execute(sql);
  await recordPull(sql, IMAGE);
});
afterEach(async () => {
  await database?.close();
});

const setSince = (since: string) =>
  rawSql`update pulled_images set unused_since = ${rawSql.raw(since)}`.execute(sql);
const change = (set: string) => rawSql`update deployments set ${rawSql.raw(set)}`.execute(sql);

it("one that no deployment needs is due after a day, and not before", async () => {
  expect(await unneededImages(sql)).toEqual([]);
  expect(await listUnneeded(sql)).toEqual([]);
  expect(await unneededImages(sql)).toEqual([{ reference: IMAGE.reference, since: expect.any(Date) }]);
  await setSince("now() - interval '23 hours'");
  expect(await listUnneeded(sql)).toEqual([]);
  await setSince("now() - interval '25 hours'");
  expect(await listUnneeded(sql)).toMatchObject([IMAGE]);
  await forgetPull(sql, IMAGE.pin);
  expect([await listUnneeded(sql), await unneededImages(sql)]).toEqual([[], []]);
});

it.each([
  `pinned_image = '${IMAGE.pin}'`,
  `image = '${IMAGE.reference}'`,
  `image = '${IMAGE.pin}'`,
  `unfinished_upgrade = '{"to": "${IMAGE.pin}"}'`,
])("one is needed by a deployment with %s, until that is deleted", async (needs) => {
  await change(needs);
  await setSince("now() - interval '25 hours'");
  expect(await listUnneeded(sql)).toEqual([]);
  expect(await unneededImages(sql)).toEqual([]);
  await change("status = 'deleted'");
  expect(await listUnneeded(sql)).toEqual([]);
  expect(await unneededImages(sql)).toHaveLength(1);
});

it("a day does not pass by a clock that has jumped back, and a pull begins it anew", async () => {
  await setSince("now() + interval '40 days'");
  expect(await listUnneeded(sql)).toEqual([]);
  expect((await unneededImages(sql))[0]?.since.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
  await setSince("now() - interval '25 hours'");
  await recordPull(sql, IMAGE);
  expect(await listUnneeded(sql)).toEqual([]);
});
