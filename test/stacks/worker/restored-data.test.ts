// When a restored volume becomes a deployment's data, and when not: on the records, with a process that is made up in the place
// of the child's.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Place } from "../../../infra/target.ts";
import type { Database } from "../../../stacks/database/database.ts";
import { findDeployment } from "../../../stacks/deployments/deployments.ts";
import { beginAttempt, findOperation } from "../../../stacks/operations/operations.ts";
import type { Step, StepResult, UpStep } from "../../../stacks/pulumi/messages.ts";
import type { StackSettings } from "../../../stacks/settings.ts";
import { Attempt } from "../../../stacks/worker/attempt.ts";
import { settleOperation } from "../../../stacks/worker/settle.ts";
import { openEmptyDatabase } from "../../support/empty-database.ts";
import { slotWithCallback } from "../../support/settled.ts";

const PLACE: Place = { target: "docker", region: null };
const RESTORE = {
  restore: {
    from: { file: "/from", sha256: "" },
    before: "/before",
    keeping: { keyFile: "/key", maxBytes: 1 },
    image: "one",
  },
};
const FAILED: StepResult = { state: "failed", cause: { code: "DISK_FULL", message: "full" } };

let folder: string;
let database: Database;
let id: string;
let steps: UpStep[];
let results: (StepResult | undefined)[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-restored-"));
  database = await openEmptyDatabase(folder);
});
afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  id = await slotWithCallback(database.sql, null);
  // Each may have any place: one that something else on the host has meanwhile is left for another.
  await database.sql.updateTable("deployments").set({ address: null }).execute();
  await database.sql.updateTable("deployments").set({ address: 0 }).where("id", "=", id).execute();
  steps = [];
  results = [];
});

/** What the stack reports unless a test says otherwise. */
function reportOf({ config }: UpStep): StepResult {
  const outputs = { status: "stopped", replicas: 0, containerId: null, endpoint: null, image: "one" };
  return { state: "succeeded", outputs: { ...outputs, network: "n", volume: config.volume } };
}

async function attempt(): Promise<Attempt> {
  const operation_id = uuidv7();
  const queued = { id: operation_id, deployment_id: id, kind: "restore", state: "queued" } as const;
  await database.sql.insertInto("operations").values(queued).execute();
  await database.sql.updateTable("deployments").set({ operation_id }).where("id", "=", id).execute();
  const record = await beginAttempt(database.sql, operation_id, "test");
  const deployment = await findDeployment(database.sql, id);
  if (!record || !deployment) throw new Error("Not begun.");
  const process = {
    keepAlive: () => {},
    run: async (step: Step) => {
      steps.push(step as UpStep);
      return results.shift() ?? reportOf(step as UpStep);
    },
  };
  const settings = {
    dataDir: folder,
    backendUrl: "s3://nowhere",
    places: [PLACE],
    portRange: { first: 20_000, last: 20_010 },
    subnetPool: "10.213.0.0/24",
    startupTimeoutSeconds: 1,
    modelKeys: {},
  } as unknown as StackSettings;
  const parts = {
    sql: database.sql,
    settings,
    box: {},
    pulumi: { path: "/pulumi", version: "3.0.0" },
    processes: { take: () => process, giveBack: () => {} },
    modelApis: undefined,
  };
  return new Attempt(parts as unknown as ConstructorParameters<typeof Attempt>[0], record, deployment);
}

async function recorded(): Promise<string | null> {
  const row = database.sql.selectFrom("deployments").select("data_volume").where("id", "=", id);
  return (await row.executeTakeFirstOrThrow()).data_volume;
}

const up = async () => (await attempt()).up({ replicas: 0, image: "one", data: RESTORE });
const volumes = () =>
  steps.map(({ config, dataVolume, data }) => [config.volume, config.incoming, dataVolume, !!data]);

it("what was put whole into a fresh volume is the data from there on, and the other volume goes then", async () => {
  const done = await up();
  const fresh = steps[0]?.config.incoming ?? "";
  expect(fresh).toMatch(new RegExp(`^berth-${id}-[0-9a-f]{8}$`));
  expect(volumes()).toEqual([
    [`berth-${id}`, fresh, null, true],
    [fresh, undefined, fresh, false],
  ]);
  expect(done).toMatchObject({ state: "succeeded", outputs: { volume: fresh } });
  expect(await recorded()).toBe(fresh);

  await up();
  const again = steps[2]?.config.incoming;
  expect(again, "no name comes twice").not.toBe(fresh);
  expect(volumes().slice(2)).toEqual([
    [fresh, again, fresh, true],
    [again, undefined, again, false],
  ]);
});

it("after a try that did not succeed, what that has remarked is looked for", async () => {
  await up();
  expect(steps[0]).not.toHaveProperty("remarksSinceMs");
  const { started_at } = await database.sql
    .selectFrom("operations")
    .select("started_at")
    .where("deployment_id", "=", id)
    .executeTakeFirstOrThrow();
  steps = [];
  await up();
  expect(steps[0]?.remarksSinceMs).toBe(started_at?.getTime());
});

it("what failed leaves the data where it was, and the stack without the fresh volume", async () => {
  results = [FAILED];
  expect(await up()).toEqual(FAILED);
  expect(volumes()).toMatchObject([
    [`berth-${id}`, expect.any(String), null, true],
    [`berth-${id}`, undefined, null, false],
  ]);
  expect(await recorded()).toBeNull();
});

it("a restore is done once the data is whole, although the old volume could not be removed", async () => {
  results = [undefined, FAILED];
  const done = await up();
  const fresh = await recorded();
  expect(fresh).not.toBeNull();
  expect(done).toMatchObject({ state: "succeeded", outputs: { volume: fresh } });
});

it("what was cut off has changed nothing of the record: the next attempt does it again", async () => {
  results = [{ state: "interrupted", why: "killed" }];
  expect(await up()).toMatchObject({ state: "interrupted" });
  expect(steps).toHaveLength(1);
  expect(await recorded()).toBeNull();
});

it("what was asked for while it was restored begins with the restored data, and with no upgrade from before", async () => {
  const { sql } = database;
  const restoring = await attempt();
  const found = await findDeployment(sql, id);
  const restore = await findOperation(sql, found?.operation_id ?? "");
  if (!restore) throw new Error("There is no restore.");
  const redeploy = { id: uuidv7(), deployment_id: id, kind: "redeploy", state: "queued" } as const;
  await sql.insertInto("operations").values(redeploy).execute();
  const unfinished_upgrade = JSON.stringify({ to: "two", backupId: uuidv7(), operationId: uuidv7() });
  const asked = { operation_id: redeploy.id, status: "deploying", unfinished_upgrade } as const;
  await sql.updateTable("deployments").set(asked).where("id", "=", id).execute();

  const done = await restoring.up({ replicas: 0, image: "one", data: RESTORE });
  const fresh = steps[0]?.config.incoming;
  expect(done).toMatchObject({ state: "succeeded", outputs: { volume: fresh } });
  expect(await recorded()).toBe(fresh);
  if (done.state !== "succeeded") return;
  expect(await settleOperation(sql, restore, done)).toBe(true);
  const kept = { status: "deploying", operation_id: redeploy.id };
  expect(await findDeployment(sql, id)).toMatchObject({
    ...kept,
    unfinished_upgrade: null,
    outputs: { volume: fresh },
  });
});
