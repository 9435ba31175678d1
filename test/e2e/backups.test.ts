// A backup is all of an assistant's data as it was: it comes back byte for byte, here or in another slot, and nowhere else.
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { callWith, newKey } from "../support/accounts.ts";
import {
  ACTIVATION,
  API_KEY,
  BOT_SECRET,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { dataVolume, docker, labelled } from "../support/docker.ts";
import { handedSecrets } from "../support/handed.ts";
import { asOperator } from "../support/operator.ts";
import { asAssistant, describeArchive, ODD_FILES, picture } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Backup {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly operationId: string;
  readonly size: number;
  readonly error: { readonly code: string } | null;
}

let berth: TestBerth;
let image: string;
let id: string;
let taken: Awaited<ReturnType<typeof picture>>;
let backup: Backup;

beforeAll(async () => {
  ({ healthy: image } = await ensureTinyImages());
  berth = await startTestBerth(6, { BERTH_ASSISTANT_IMAGE: image, BERTH_BACKUP_KEEP: "2" });
  id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  asAssistant(id, ODD_FILES);
  taken = await picture(id, image);
});
afterAll(async () => {
  await berth.close();
  // Pulumi's own record of the stack's config, made by refreshing it by hand.
  await rm(`${ROOT}.berth/config/Pulumi.${id}.yaml`, { force: true });
});

it("an active assistant stands still while it is backed up, and stays active", async () => {
  const container = () => docker.getContainer(resourceName(id)).inspect();
  const before = await container();
  const asked = await berth.call("POST", `${id}/backups`);
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  expect(asked.body.data).toMatchObject({ deploymentId: id, status: "active" });
  const again = await berth.call("POST", `${id}/backups`, {});
  expect(again.body.data, "asked for twice, it is made once").toEqual(asked.body.data);

  const seen = new Set<string>();
  backup = await untilEnded(id, String(asked.body.data?.backupId), async () => {
    const { body } = await berth.call("GET", `${id}/status`);
    seen.add(`${body.data?.status} ${JSON.stringify(body.data?.drift)}`);
  });
  expect(backup).toMatchObject({ state: "ready", reason: "requested", error: null });
  expect([...seen], "neither another status nor drift is ever told").toEqual(["active null"]);
  await untilOperationEnded(id);
  const after = await container();
  expect(after.Id).toBe(before.Id);
  expect([after.State.Running, after.State.ExitCode]).toEqual([true, 0]);
  expect(after.State.StartedAt).not.toBe(before.State.StartedAt);
  // But for what measures its data, now and then.
  await expect
    .poll(async () => (await labelled(id)).containers, { message: "no door is left" })
    .toEqual([`/${resourceName(id)}`]);
});

it("it is listed, and downloaded it is what was there", async () => {
  const { body } = await berth.call("GET", `${id}/backups`);
  expect(body.data).toEqual([expect.objectContaining({ id: backup.id, state: "ready" })]);
  const response = await download(id, backup.id);
  expect(response.headers.get("content-type")).toBe("application/gzip");
  expect(response.headers.get("content-disposition")).toBe(
    `attachment; filename="${id}-${backup.id}.tar.gz"`,
  );
  expect(describeArchive(gunzipSync(Buffer.from(await response.arrayBuffer())))).toEqual(taken);
});

it("a client that leaves in the middle of a download leaves nothing open", async () => {
  const leaving = new AbortController();
  const response = await download(id, backup.id, leaving.signal);
  await response.body?.getReader().read();
  expect(openFiles(backup.id)).toBe(1);
  leaving.abort();
  await expect.poll(() => openFiles(backup.id)).toBe(0);
});

it("the files hold no clear text and are for their owner alone", async () => {
  const folder = join(berth.dataDir, "backups", id);
  expect(readdirSync(folder)).toEqual([`${backup.id}.age`]);
  const file = join(folder, `${backup.id}.age`);
  expect(statSync(file).size).toBe(backup.size);
  expect([statSync(file).mode & 0o777, statSync(join(berth.dataDir, "backup-key")).mode & 0o777]).toEqual([
    0o600, 0o600,
  ]);
  for (const canary of [MODEL_KEY, BOT_SECRET, "openclaw.json", "channels"])
    expect(readFileSync(file).includes(canary), canary).toBe(false);
  const plain = gunzipSync(Buffer.from(await (await download(id, backup.id)).arrayBuffer()));
  expect(plain.includes("openclaw.json"), "which a backup does hold").toBe(true);
  for (const secret of [MODEL_KEY, BOT_SECRET]) expect(plain.includes(secret), secret).toBe(false);
});

it("it is restored once the assistant is stopped, and what was there is backed up before", async () => {
  asAssistant(id, "rm -rf * 2>/dev/null || true; echo ruined > ruined");
  const active = await restore(id, backup.id);
  expect(active.status).toBe(409);
  expect(active.body.error?.message).toContain("Stop it first.");
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  const ruined = await picture(id, image);

  expect((await restore(id, backup.id)).status).toBe(202);
  expect(await untilOperationEnded(id)).toMatchObject({ kind: "restore", state: "succeeded" });
  expect((await status(id)).status).toBe("stopped");
  expect(await picture(id, image)).toEqual(taken);
  const restoredInto = await dataVolume(id);
  expect(restoredInto, "in a fresh volume, and the old one is gone").not.toBe(resourceName(id));
  expect(await refreshStack(id), "to Pulumi that is the stack's").toContain("unchanged");
  expect((await berth.call("GET", id)).body.data?.outputs).toMatchObject({ volume: restoredInto });
  expect(await status(id)).toMatchObject({ drift: null });
  const [before] = await backups(id);
  expect(before).toMatchObject({ state: "ready", reason: "restore" });
  const kept = await download(id, before?.id ?? "");
  expect(describeArchive(gunzipSync(Buffer.from(await kept.arrayBuffer())))).toEqual(ruined);

  await berth.call("POST", `${id}/redeploy`, {});
  await waitForStatus(berth, id, "active");
  expect(asAssistant(id, "cat hard")).toBe("first\n");
  expect(await dataVolume(id)).toBe(restoredInto);
  const doctor = await berth.call("GET", `/api/v1/doctor?deployment=${id}`);
  const rows = doctor.body.data as unknown as { deploymentId: string | null }[];
  expect(rows.filter(({ deploymentId }) => deploymentId === id)).toMatchObject([{ findings: [] }]);
});

it("it is restored into another slot, whose own secrets and settings stay", async () => {
  const other = await paidSlot(berth);
  expect((await restore(other, backup.id)).status).toBe(202);
  expect(await untilOperationEnded(other)).toMatchObject({ kind: "restore", state: "succeeded" });
  expect((await status(other)).status).toBe("purchased");
  expect(await picture(other, image)).toEqual(taken);
  expect(await backups(other), "there was nothing to be backed up before").toEqual([]);

  await berth.call("POST", `${other}/activate`, { ...ACTIVATION, modelId: "claude-of-the-slot" });
  await waitForStatus(berth, other, "active");
  expect(asAssistant(other, "cat hard openclaw.json")).toMatch(/^first\n.*claude-of-the-slot/s);
  expect(handedSecrets(other).telegram).not.toBe(handedSecrets(id).telegram);
  const uids = [id, other].map((of) => asAssistant(of, "busybox stat -c %u hard"));
  expect(uids[0], "each as its own user").not.toBe(uids[1]);
  const foreign = "busybox find . ! -user $(busybox id -u)";
  expect(asAssistant(other, foreign), "to whom all of it belongs").toBe("");
});

it("another account has no part in it", async () => {
  const stranger = callWith(berth, await newKey(berth, { account: "stranger" }));
  const { body } = await stranger("POST", "purchase", { apiMode: "byok" });
  const own = body.data?.deploymentId ?? "";
  await fetch(String(body.data?.checkoutUrl), { method: "POST" });
  const calls: readonly [method: string, path: string, body?: unknown][] = [
    ["POST", `${id}/backups`],
    ["GET", `${id}/backups`],
    ["GET", `${id}/backups/${backup.id}`],
    ["GET", `${id}/backups/${backup.id}/download`],
    ["DELETE", `${id}/backups/${backup.id}`],
    ["POST", `${id}/restore`, { backupId: backup.id }],
    ["POST", `${own}/restore`, { backupId: backup.id }],
    ["GET", `${own}/backups/${backup.id}`],
  ];
  for (const [method, path, sent] of calls) {
    const answer = await stranger(method, path, sent);
    expect([answer.status, answer.body.error?.code], `${method} ${path}`).toEqual([404, "NOT_FOUND"]);
  }
  const reader = callWith(berth, await newKey(berth, { scopes: ["read"] }));
  expect((await reader("POST", `${id}/backups`)).status).toBe(403);
  expect((await reader("GET", `${id}/backups`)).status).toBe(200);
});

it("a damaged one is refused, and the data is as it was", async () => {
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  const before = await picture(id, image);
  const file = join(berth.dataDir, "backups", id, `${backup.id}.age`);
  const whole = readFileSync(file);
  const damaged = Buffer.from(whole);
  damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 1;
  writeFileSync(file, damaged);
  expect((await restore(id, backup.id)).status).toBe(202);
  const operation = await untilOperationEnded(id);
  expect(operation).toMatchObject({ state: "failed", error: { code: "BACKUP_DAMAGED" } });
  writeFileSync(file, whole);
  expect((await status(id)).status).toBe("stopped");
  expect(await picture(id, image)).toEqual(before);
});

it("of those asked for as many are kept as are to be, and one that is deleted is gone", async () => {
  for (let turn = 0; turn < 2; turn++) {
    const { body } = await berth.call("POST", `${id}/backups`);
    await untilEnded(id, String(body.data?.backupId));
    await untilOperationEnded(id);
  }
  const listRequested = async () => (await backups(id)).filter(({ reason }) => reason === "requested");
  // Old ones are removed once the operation has ended: first the record, then the file.
  await expect.poll(listRequested).toHaveLength(2);
  const requested = await listRequested();
  expect(requested.map((kept) => kept.id)).not.toContain(backup.id);
  await expect.poll(() => existsSync(join(berth.dataDir, "backups", id, `${backup.id}.age`))).toBe(false);

  const gone = requested[0]?.id ?? "";
  expect((await berth.call("DELETE", `${id}/backups/${gone}`)).status).toBe(200);
  expect((await berth.call("GET", `${id}/backups/${gone}`)).status).toBe(404);
  const files = readdirSync(join(berth.dataDir, "backups", id));
  expect(files.toSorted()).toEqual((await backups(id)).map((kept) => `${kept.id}.age`).toSorted());
});

it("with the deployment its backups are deleted", async () => {
  await berth.call("DELETE", id);
  await waitForStatus(berth, id, "deleted");
  expect(readdirSync(join(berth.dataDir, "backups"))).not.toContain(id);
  const rows = await berth.installation.sql.selectFrom("backups").select("deployment_id").execute();
  expect(rows.map((row) => row.deployment_id)).not.toContain(id);
});

async function untilEnded(of: string, backupId: string, meanwhile = async () => {}): Promise<Backup> {
  for (;;) {
    const { body } = await berth.call("GET", `${of}/backups/${backupId}`);
    const found = body.data as unknown as Backup;
    if (found.state !== "running") return found;
    await meanwhile();
    await sleep(50);
  }
}

async function status(of: string) {
  return (await berth.call("GET", `${of}/status`)).body.data ?? { status: "none", operation: undefined };
}

async function untilOperationEnded(of: string) {
  for (;;) {
    const operation = (await status(of)).operation as { finishedAt: string | null };
    if (operation.finishedAt) return operation;
    await sleep(150);
  }
}

async function backups(of: string): Promise<Backup[]> {
  return (await berth.call("GET", `${of}/backups`)).body.data as unknown as Backup[];
}

function restore(into: string, backupId: string) {
  return berth.call("POST", `${into}/restore`, { backupId });
}

async function download(of: string, backupId: string, signal?: AbortSignal): Promise<Response> {
  const url = `${berth.url}/api/v1/assistants/${of}/backups/${backupId}/download`;
  const response = await fetch(url, { headers: { "X-API-Key": API_KEY }, ...(signal && { signal }) });
  expect(response.status).toBe(200);
  return response;
}

/** How often this process has the file of a backup open. Others of its files may be closed meanwhile. */
function openFiles(backupId: string): number {
  const folder = `/proc/${process.pid}/fd`;
  return readdirSync(folder).filter((fd) => linkOf(join(folder, fd))?.includes(backupId)).length;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Fails if what is there differs from what the stack's state says. Not in one go: this very process is the server, and one that
 * stands still for ten seconds closes its connections while they are used.
 */
async function refreshStack(of: string): Promise<string> {
  return asOperator(berth, `pulumi refresh --yes --expect-no-changes --stack ${of}`);
}
