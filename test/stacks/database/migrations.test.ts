// What an older version has stored is kept by the migrations.
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, it } from "vitest";
import { DEFAULT_ACCOUNT_ID } from "../../../stacks/accounts/accounts.ts";
import { MIGRATIONS } from "../../../stacks/database/migrations/index.ts";
import type { Schema } from "../../../stacks/database/schema.ts";
import { getDeployment } from "../../../stacks/deployments/deployments.ts";

it("deployments from before there were accounts and regions belong to the first one, and live where they are", async () => {
  const pglite = await PGlite.create();
  const sql = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
  const migrator = new Migrator({ db: sql, provider: { getMigrations: async () => MIGRATIONS } });
  expect((await migrator.migrateTo("0002-attempts-and-drift")).error).toBeUndefined();
  const id = "01900000-0000-7000-8000-000000000000";
  await pglite.query(
    "insert into deployments (id, status, api_mode, checkout_id, name) values ($1, 'active', 'byok', $1, 'Old')",
    [id],
  );
  const onAws = "01900000-0000-7000-8000-000000000001";
  await pglite.query(
    "insert into deployments (id, status, api_mode, checkout_id, outputs) values ($1, 'active', 'byok', $1, $2)",
    [onAws, { volume: "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-1" }],
  );
  const onDocker = "01900000-0000-7000-8000-000000000002";
  await pglite.query(
    "insert into deployments (id, status, api_mode, checkout_id, outputs) values ($1, 'stopped', 'byok', $1, $2)",
    [onDocker, { volume: `berth-${onDocker}` }],
  );
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  expect(await getDeployment(sql, DEFAULT_ACCOUNT_ID, id)).toMatchObject({
    name: "Old",
    status: "active",
    target: null,
    region: null,
  });
  expect(await getDeployment(sql, DEFAULT_ACCOUNT_ID, onAws)).toMatchObject({
    target: "aws",
    region: "us-east-1",
  });
  expect((await getDeployment(sql, DEFAULT_ACCOUNT_ID, onDocker)).target).toBe("docker");
  const forgotten = pglite.query(
    "insert into deployments (id, status, api_mode, checkout_id) values (gen_random_uuid(), 'active', 'byok', gen_random_uuid())",
  );
  await expect(forgotten).rejects.toThrow("account_id");
  await pglite.close();
});

it("what was brought up before images were pinned is known to run what its stack has reported", async () => {
  const pglite = await PGlite.create();
  const sql = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
  const migrator = new Migrator({ db: sql, provider: { getMigrations: async () => MIGRATIONS } });
  expect((await migrator.migrateTo("0008-backups")).error).toBeUndefined();
  const insert = (id: string, name: string | null) =>
    pglite.query(
      `insert into deployments (id, account_id, status, api_mode, checkout_id, name, outputs)
       values ($1, $2, 'stopped', 'byok', $1, $3, '{"image": "ghcr.io/a/b:1"}')`,
      [id, DEFAULT_ACCOUNT_ID, name],
    );
  await insert("01900000-0000-7000-8000-000000000001", "Old");
  await insert("01900000-0000-7000-8000-000000000002", null);
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  const found = await sql.selectFrom("deployments").select(["pinned_image", "image"]).orderBy("id").execute();
  expect(found).toEqual([
    { pinned_image: "ghcr.io/a/b:1", image: null },
    { pinned_image: null, image: null },
  ]);
  await pglite.close();
});
