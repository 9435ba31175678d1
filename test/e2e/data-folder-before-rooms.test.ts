// Berth goes on from the data folder of a version before: the one from before its code was moved into rooms, which kept
// secrets in an `.env` that was bound into the container.
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Webhook } from "standardwebhooks";
import { extract } from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readVolume } from "../../infra/docker/volume.ts";
import { callWith } from "../support/accounts.ts";
import { API_KEY, startTestBerth, type TestBerth } from "../support/berth.ts";
import { dataVolume, labelled, NOTHING, removeLabelled, whileActive } from "../support/docker.ts";
import {
  CALLBACK_PORT,
  goOnAs,
  type Left,
  NOTE_AFTER_BACKUP,
  NOTES,
  type Role,
  SLICE,
  unpack,
} from "../support/old-data-folder.ts";
import { asOperator } from "../support/operator.ts";
import {
  type Endpoint,
  RECEIVER_HOST,
  type Receiver,
  startReceiver,
  TestAuthority,
} from "../support/receiver.ts";
import { asAssistant } from "../support/state.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROLES = ["active", "stopped", "failed"] as const;

const authority = new TestAuthority();
const distrust = authority.trust();
let folder: string;
let left: Left;
let ids: Left["ids"];
let receiver: Receiver;
let callbacks: Endpoint;
let berth: TestBerth;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "berth-before-rooms-"));
  const unpacked = unpack(folder);
  ({ left } = unpacked);
  ({ ids } = left);
  const images = await ensureTinyImages();
  await goOnAs(folder, left, images);
  receiver = await startReceiver(authority.issue(RECEIVER_HOST), CALLBACK_PORT);
  callbacks = receiver.endpoint();
  const settings = { BERTH_ASSISTANT_IMAGE: images.healthy, BERTH_CALLBACK_RESOLVE: receiver.pin };
  berth = await startTestBerth(SLICE, settings, unpacked.dataDir);
});
afterAll(async () => {
  await berth?.close();
  for (const id of Object.values(ids ?? {})) {
    await removeLabelled(id);
    await rm(`${ROOT}.berth/config/Pulumi.${id}.yaml`, { force: true });
  }
  await receiver?.close();
  distrust();
  authority.remove();
  await rm(folder, { recursive: true, force: true });
});

it("what was active, stopped or failed is so, and a look finds nothing changed", async () => {
  for (const role of ROLES)
    expect(await statusOf(role)).toMatchObject({ status: role, deploymentId: ids[role] });
  for (const role of ROLES) expect(await statusOf(role)).toMatchObject({ status: role, drift: null });
  expect(await statusOf("failed")).toMatchObject({ operation: { error: { code: "CRASHED" } } });
  expect(asAssistant(ids.active, "cat note")).toBe(NOTE_AFTER_BACKUP);
});

it("keys, the callbacks that were sent and their secret are known", async () => {
  const acme = callWith(berth, left);
  expect((await acme("GET", "/api/v1/keys")).body.data).toMatchObject([{ account: "acme", name: "ci" }]);
  expect((await berth.call("GET", `${ids.active}/callback-secret`)).body.data).toMatchObject({
    secret: left.callbackSecret,
  });
  expect((await berth.call("GET", `${ids.stopped}/callbacks`)).body.data).toMatchObject([
    { type: "assistant.stopped", state: "delivered" },
    { type: "assistant.active", state: "delivered" },
  ]);
});

it("doctor finds what the changelog names, and no more", async () => {
  // Warned of, too, until the first measurement: data that was last measured when the folder was made.
  const [active = [], ...others] = (await findings()).map((found) =>
    found.filter((finding) => finding !== "warning data-measured"),
  );
  expect(active).toEqual([
    "error container-labels",
    "error mounts",
    "error secrets-file",
    "error volume",
    "warning user",
  ]);
  expect(others).toEqual([[], ["error container-labels", "error mounts", "warning user"]]);
});

it("the plain pulumi CLI shows what the next redeploy makes of an assistant that runs", async () => {
  expect(await previewed("active", "stopped")).toEqual([
    ["create handed", "replace assistant", "replace readiness", "replace settings"],
    [],
  ]);
});

it("the backup is listed and downloaded", async () => {
  expect((await berth.call("GET", `${ids.active}/backups`)).body.data).toMatchObject([
    { id: left.backupId, state: "ready", reason: "requested" },
  ]);
  const url = `${berth.url}/api/v1/assistants/${ids.active}/backups/${left.backupId}/download`;
  const response = await fetch(url, { headers: { "X-API-Key": API_KEY } });
  expect(response.status).toBe(200);
  expect(await fileIn(gunzipSync(await response.bytes()), "note")).toBe(NOTES.active);
});

it("a redeploy brings each up with its data, and doctor finds nothing more", async () => {
  await Promise.all(ROLES.map((role) => carryOut(role, "redeploy", "active", {})));
  expect(asAssistant(ids.active, "cat note")).toBe(NOTE_AFTER_BACKUP);
  expect(asAssistant(ids.stopped, "cat note")).toBe(NOTES.stopped);
  // A measurement of the data has a container of its own for a moment.
  for (const role of ROLES)
    await expect.poll(() => labelled(ids[role])).toEqual(await whileActive(ids[role]));
  await expect.poll(findings).toEqual([[], [], []]);
  expect(await previewed("active")).toEqual([[]]);
  for (const { body, headers } of await callbacks.until(ROLES.length))
    expect(new Webhook(await secretOf(body)).verify(body, headers as Record<string, string>)).toMatchObject({
      type: "assistant.active",
    });
});

it("a change is taken, and the file of the version before with the secrets is gone", async () => {
  const patched = await berth.call("PATCH", ids.active, { allowFrom: ["123456789"] });
  expect(patched.status, JSON.stringify(patched.body)).toBe(200);
  await expect
    .poll(() => statusOf("active"))
    .toMatchObject({ status: "active", operation: { kind: "patch", state: "succeeded" } });
  expect(existsSync(join(berth.dataDir, "secrets", `${ids.active}.env`))).toBe(false);
});

it("the backup is restored", async () => {
  await carryOut("active", "stop", "stopped");
  await carryOut("active", "restore", "stopped", { backupId: left.backupId });
  const pieces: Uint8Array[] = [];
  const { healthy } = await ensureTinyImages();
  const volume = { deploymentId: ids.active, image: healthy, volume: await dataVolume(ids.active) };
  for await (const piece of readVolume(volume, new AbortController().signal)) pieces.push(piece);
  expect(await fileIn(Buffer.concat(pieces), "note")).toBe(NOTES.active);
});

it("all are deleted with what they had", async () => {
  await Promise.all(
    ROLES.map(async (role) => {
      expect((await berth.call("DELETE", ids[role])).status).toBe(202);
      await expect.poll(() => statusOf(role)).toMatchObject({ status: "deleted" });
      expect(await labelled(ids[role])).toEqual(NOTHING);
    }),
  );
});

async function statusOf(role: Role) {
  return (await berth.call("GET", `${ids[role]}/status`)).body.data;
}

async function carryOut(role: Role, call: string, wanted: string, body?: unknown): Promise<void> {
  const accepted = await berth.call("POST", `${ids[role]}/${call}`, body);
  expect(accepted.status, JSON.stringify(accepted.body)).toBe(202);
  const operationId = accepted.body.data?.operationId;
  await expect
    .poll(() => statusOf(role))
    .toMatchObject({ status: wanted, operation: { id: operationId, state: "succeeded" }, drift: null });
}

/** What doctor finds of each: severity and check. */
async function findings(): Promise<string[][]> {
  const found = ROLES.map(async (role) => {
    const { body } = await berth.call("GET", `/api/v1/doctor?deployment=${ids[role]}`);
    const [examined] = body.data as unknown as [{ findings: { severity: string; check: string }[] }];
    return examined.findings.map(({ severity, check }) => `${severity} ${check}`).toSorted();
  });
  return Promise.all(found);
}

/** What a preview shows of each: every change and its resource, once. */
async function previewed(...roles: readonly Role[]): Promise<string[][]> {
  const previews = roles.map((role) => {
    const preview = `pulumi preview --json --stack ${ids[role]} > ${join(folder, role)}`;
    return `pulumi config refresh --force --stack ${ids[role]}; ${preview}`;
  });
  await asOperator(berth, previews.join("\n"));
  return roles.map((role) => changesIn(readFileSync(join(folder, role), "utf8")));
}

function changesIn(preview: string): string[] {
  const { steps } = JSON.parse(preview) as { steps: { op: string; urn: string }[] };
  const names = steps.map(({ op, urn }) => [/replace/.test(op) ? "replace" : op, urn.split("::").at(-1)]);
  return [...new Set(names.filter(([op]) => op !== "same").map((name) => name.join(" ")))].toSorted();
}

async function secretOf(callback: string): Promise<string> {
  const { data } = JSON.parse(callback) as { data: { deploymentId: string } };
  return String((await berth.call("GET", `${data.deploymentId}/callback-secret`)).body.data?.secret);
}

async function fileIn(archive: Buffer, name: string): Promise<string | undefined> {
  let found: string | undefined;
  const reader = extract();
  reader.on("entry", async (header, body, next) => {
    const content = await text(body);
    if (header.name.endsWith(`/${name}`)) found = content;
    next();
  });
  reader.end(archive);
  await once(reader, "finish");
  return found;
}
