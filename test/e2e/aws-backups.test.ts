// Backups of a Berth whose assistants are on AWS, over HTTP. S3 and Secrets Manager are moto's; ECS is made up, and the tasks
// that carry a state run on this machine. No stack is brought up: records are, and in an upgrade what a stack would do.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AssistantOutputs } from "../../infra/args.ts";
import type { Foundation } from "../../infra/aws/args.ts";
import { ecsState } from "../../infra/aws/state.ts";
import { restore, writeOnceStopped } from "../../stacks/backups/copy.ts";
import { recordWritten } from "../../stacks/backups/records.ts";
import { beginDue } from "../../stacks/backups/schedule.ts";
import { findDeployment } from "../../stacks/deployments/deployments.ts";
import { findOperation } from "../../stacks/operations/operations.ts";
import type { StepResult } from "../../stacks/pulumi/messages.ts";
import type { Goal } from "../../stacks/pulumi/stack-config.ts";
import type { Attempt, AttemptContext } from "../../stacks/worker/attempt.ts";
import { redeploy } from "../../stacks/worker/bring-up.ts";
import { API_KEY, startTestBerth, type TestBerth } from "../support/berth.ts";
import { Fargate } from "../support/fargate.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { makeMotoFoundation, makeTransferBucket } from "../support/moto-foundation.ts";

const SLICE = 97;
const OLD = "ghcr.io/openclaw/openclaw:1";
const NEW = "ghcr.io/openclaw/openclaw:2";
/** So long that no deployment's moment in it comes by itself while the tests run. */
const PERIOD_HOURS = 6_000;
const HOUR_MS = 3_600_000;
const transfer = { bucket: "berth-transfer", image: "node:24" };
const ecs = new Fargate();
// Berth looks every three seconds.
ecs.pauseMs = 0;

let moto: Moto;
let foundation: Foundation;
let berth: TestBerth;
let id: string;
let state: string;
/** In a region whose foundation was made before there were backups. */
let elsewhere: string;

beforeAll(async () => {
  moto = await startMoto();
  foundation = { ...(await makeMotoFoundation()), transfer };
  const second = await makeMotoFoundation("us-east-1");
  await makeTransferBucket(transfer.bucket);
  const toEcs = await ecs.start();
  berth = await startTestBerth(SLICE, {
    ...moto.environment,
    ...toEcs,
    BERTH_TARGET: "aws",
    BERTH_AWS_REGION: "eu-central-1,us-east-1",
    BERTH_AWS_FOUNDATION: JSON.stringify([foundation, second]),
    BERTH_MEMORY_MIB: "2048",
    BERTH_CPUS: "1",
    BERTH_CONCURRENCY: "1",
    BERTH_BACKUP_EVERY: String(PERIOD_HOURS),
    BERTH_ASSISTANT_IMAGE: OLD,
  });
  ({ id: elsewhere } = await assistant("us-east-1"));
  ({ id, state } = await assistant("eu-central-1"));
});
afterAll(async () => {
  await berth?.close();
  await ecs.stop();
  await moto?.stop();
});

/** A deployment whose record says that it is active, and a service that bears that out. */
async function assistant(region: string): Promise<{ id: string; state: string }> {
  const { body } = await berth.call("POST", "purchase", { apiMode: "byok", region });
  const made = body.data?.deploymentId ?? "";
  const folder = ecs.serve(made, 1);
  const { sql } = berth.installation;
  const done = { state: "succeeded", started_at: new Date(), finished_at: new Date() } as const;
  await sql
    .insertInto("operations")
    .values({ id: made, deployment_id: made, kind: "activate", ...done })
    .execute();
  await sql
    .updateTable("deployments")
    .set({
      status: "active",
      payment: "paid",
      outputs: JSON.stringify(outputsOf(made, 1, OLD)),
      pinned_image: OLD,
      operation_id: made,
    })
    .where("id", "=", made)
    .execute();
  return { id: made, state: folder };
}

function outputsOf(deployment: string, replicas: 0 | 1, image: string): AssistantOutputs {
  return {
    status: replicas === 1 ? "active" : "stopped",
    replicas,
    containerId: replicas === 1 ? `service/berth-${deployment}` : null,
    endpoint: null,
    image,
    network: "sg-1",
    volume: "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-1",
    taskDefinition: ecs.services.get(`berth-${deployment}`)?.definition,
  };
}

/** Asks for a backup, and waits until its operation has ended. */
async function backUp() {
  const asked = await berth.call("POST", `${id}/backups`);
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  const ended = await untilEnded();
  const backup = (await berth.call("GET", `${id}/backups/${asked.body.data?.backupId}`)).body.data;
  return { backup, ...ended };
}

/** Waits for the latest operation. */
async function untilEnded() {
  const seen = new Set<string>();
  for (;;) {
    const { data } = (await berth.call("GET", `${id}/status`)).body;
    seen.add(`${data?.status} ${JSON.stringify(data?.drift)}`);
    const operation = data?.operation as { finishedAt: string | null; error: unknown };
    if (operation.finishedAt) return { seen: [...seen], error: operation.error };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it("an active assistant is stopped, backed up and started again, and is `active` all the while", async () => {
  writeFileSync(join(state, "notes.txt"), "learned");
  const switched = ecs.switched.length;
  const { backup, seen, error } = await backUp();
  expect(error).toBeNull();
  expect(backup).toMatchObject({ state: "ready", reason: "requested", image: OLD });
  expect(seen).toEqual(["active null"]);
  expect(ecs.switched.slice(switched)).toEqual([`berth-${id} 0`, `berth-${id} 1`]);
  await expect.poll(() => ecs.isRunning(id)).toBe(true);
  const url = `${berth.url}/api/v1/assistants/${id}/backups/${backup?.id}/download`;
  const response = await fetch(url, { headers: { "X-API-Key": API_KEY } });
  const archive = gunzipSync(Buffer.from(await response.arrayBuffer()));
  const listed = execFileSync("tar", ["-t"], { input: archive, encoding: "utf8" });
  expect(listed).toBe(".openclaw/\n.openclaw/notes.txt\n");
  expect((await berth.call("GET", `${id}/backups`)).body.data).toMatchObject([{ id: backup?.id }]);
});

it("one that can't be made leaves the assistant running, and says why", async () => {
  ecs.ending = { stoppedReason: "CannotPullContainerError: node:24: not found" };
  const { backup, error } = await backUp();
  ecs.ending = undefined;
  expect(error).toMatchObject({ code: "IMAGE_UNAVAILABLE" });
  expect(backup).toMatchObject({ state: "failed" });
  await expect.poll(() => ecs.isRunning(id)).toBe(true);
});

it("a restore needs a stopped one; where the foundation has no bucket both calls say what to do", async () => {
  const [{ id: backupId }] = (await berth.call("GET", `${id}/backups`)).body.data as unknown as [
    { id: string },
  ];
  const active = await berth.call("POST", `${id}/restore`, { backupId });
  expect([active.status, active.body.error?.message]).toEqual([
    409,
    expect.stringContaining("Stop it first."),
  ]);
  const refused = await berth.call("POST", `${elsewhere}/backups`);
  expect([refused.status, refused.body.error?.code]).toEqual([409, "INVALID_STATE"]);
  expect(refused.body.error?.message).toContain("npm run berth -- aws up");
  expect((await berth.call("GET", `${elsewhere}/backups`)).body.data).toEqual([]);
});

it("scheduled ones are made where there is a bucket; what a dead attempt has left standing still is started", async () => {
  const task = ecs.leaveTransfer(id);
  const service = ecs.services.get(`berth-${id}`);
  if (service) service.desiredCount = 0;
  for (const one of ecs.tasks)
    if (one.group) Object.assign(one, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
  const later = new Date(Date.now() + 2 * PERIOD_HOURS * HOUR_MS);
  const { begun } = await beginDue(berth.installation, later);
  expect(begun, "the other region's does not hold it up").toBe(1);
  const { sql } = berth.installation;
  const scheduled = () => sql.selectFrom("backups").selectAll().where("reason", "=", "scheduled").execute();
  expect(await scheduled()).toMatchObject([{ deployment_id: id }]);
  await untilEnded();
  expect(await scheduled()).toMatchObject([{ state: "ready" }]);
  expect(task.lastStatus).toBe("STOPPED");
  await expect.poll(() => ecs.isRunning(id)).toBe(true);
});

it("an upgrade that does not get well comes back with image and data", async () => {
  const goals: string[] = [];
  const context = await upgradeTo(NEW, async (goal, stop, work) => {
    goals.push(`${goal.replicas} ${goal.image} ${Object.keys(goal.data ?? {})}`);
    if (goal.image === NEW) {
      for (const name of readdirSync(state)) rmSync(join(state, name));
      return { state: "failed", cause: { code: "NOT_READY", message: "made up" } };
    }
    await work(stop);
    return { state: "succeeded", outputs: outputsOf(id, goal.replicas, goal.image) };
  });
  const ending = await redeploy(context);
  expect(ending).toMatchObject({
    state: "failed",
    cause: { code: "UPGRADE_ROLLED_BACK" },
    back: { status: "active", outputs: { image: OLD } },
  });
  expect(goals).toEqual([`0 ${OLD} write`, `1 ${NEW} `, `0 ${OLD} restore`, `1 ${OLD} `]);
  expect(readFileSync(join(state, "notes.txt"), "utf8")).toBe("learned");
  const deployment = await findDeployment(berth.installation.sql, id);
  expect(deployment).toMatchObject({ pinned_image: OLD, rolled_back_from: NEW, unfinished_upgrade: null });
});

type Up = (
  goal: Goal,
  stop: () => Promise<void>,
  work: (stop: () => Promise<void>) => Promise<void>,
) => Promise<StepResult<AssistantOutputs>>;

/** An attempt at a redeploy, whose stack is made up and whose work on the data is not. */
async function upgradeTo(image: string, up: Up): Promise<AttemptContext> {
  const { sql, settings } = berth.installation;
  const operationId = crypto.randomUUID();
  await sql
    .insertInto("operations")
    .values({ id: operationId, deployment_id: id, kind: "redeploy", state: "running", attempt: 1 })
    .execute();
  const change = { status: "deploying", status_before: "active", operation_id: operationId } as const;
  await sql.updateTable("deployments").set(change).where("id", "=", id).execute();
  const [deployment, operation] = [await findDeployment(sql, id), await findOperation(sql, operationId)];
  if (!deployment || !operation) throw new Error("The records are gone.");
  const { signal } = new AbortController();
  const stop = async () => {
    await access.halt();
  };
  const { maxBytes } = settings.backups;
  const access = ecsState(foundation, { deploymentId: id, image, maxBytes }, { pollMs: 50 });
  const watch = { signal, onWritten: () => {} };
  const attempt = {
    here: async (act: (signal: AbortSignal) => unknown) => ({ state: "done", value: await act(signal) }),
    say: () => {},
    up: (goal: Goal) =>
      up(goal, stop, async () => {
        const { data } = goal;
        if (!data) return access.start();
        if ("restore" in data) return restore(access, data.restore, stop, watch);
        let sum: Parameters<typeof recordWritten>[2];
        await writeOnceStopped(access, data.write, stop, { signal, onWritten: (written) => (sum = written) });
        await recordWritten(sql, operation, sum);
      }),
  } as unknown as Attempt;
  const wanted = { ...settings, assistantImage: image };
  return {
    ...berth.installation,
    settings: wanted,
    attempt,
    operation,
    deployment,
  } as unknown as AttemptContext;
}
