// An assistant's data has a limit: a warning before it, a stop beyond it, nothing lost, and time to tidy up afterwards.
import { setTimeout as sleep } from "node:timers/promises";
import { sql as raw } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import { setUpScales } from "../../infra/docker/measure-volume.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "../../infra/docker/names.ts";
import { measureNext } from "../../stacks/watch/docker/measure-data.ts";
import {
  ACTIVATION,
  API_KEY,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { dataVolume, docker, inside, labelled, NOTHING } from "../support/docker.ts";
import { mountTmpfs, unmount } from "../support/faults/tmpfs.ts";
import { itAtLength } from "../support/matrix.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const MIB = 1024 ** 2;
const SLICE = 54;
const isRoot = process.getuid?.() === 0;
const never = new AbortController().signal;

let image: string;
let berth: TestBerth;
let id: string;
let settings: Record<string, string>;

beforeAll(async () => {
  ({ healthy: image } = await ensureTinyImages());
  settings = { BERTH_ASSISTANT_IMAGE: image, BERTH_STATE_MIB: "8" };
  berth = await startTestBerth(SLICE, settings);
  id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
});
afterAll(() => berth.close());

it("within the limit nothing is told but how much it takes, to the customer and the operator", async () => {
  expect((await berth.call("GET", `${id}/metrics`)).body.data).toMatchObject({
    stateUsedBytes: null,
    stateLimitBytes: 8 * MIB,
  });
  write("notes", 1);
  expect(await afterMeasuring()).toMatchObject({ status: "active", warning: null });
  const { body } = await berth.call("GET", `${id}/metrics`);
  const used = Number(body.data?.stateUsedBytes);
  expect(used / MIB).toBeGreaterThan(1);
  expect(used / MIB).toBeLessThan(1.2);
  const headers = { Authorization: `Bearer ${API_KEY}` };
  const text = await (await fetch(`${berth.url}/metrics`, { headers })).text();
  expect(text).toContain(`berth_state_used_bytes{deployment="${id}"} ${used}\n`);
  expect(text).toContain(`berth_state_limit_bytes ${8 * MIB}\n`);
  expect(text).toMatch(/^berth_state_disk_free_bytes [1-9]\d*$/m);
});

it("near the limit there is a warning with both numbers, and it goes with the files", async () => {
  write("more", 6.5);
  expect(await afterMeasuring()).toMatchObject({
    status: "active",
    warning: {
      cause: { code: "STATE_NEARLY_FULL", message: expect.stringMatching(/7\.\d MiB of the 8 MiB/) },
    },
  });
  inside(id, "sh", "-c", "cd .openclaw; : > more");
  expect((await afterMeasuring()).warning).toBeNull();
});

it.skipIf(!isRoot)("a full disk of the host is a warning, too (skipped unless root)", async () => {
  const { Mountpoint } = await docker.getVolume(resourceName(id)).inspect();
  mountTmpfs(Mountpoint, 4);
  try {
    expect(await afterMeasuring()).toMatchObject({
      status: "active",
      warning: {
        cause: { code: "DISK_FULL", message: expect.stringContaining("the operator has to make room") },
      },
    });
    expect(await findings("")).toContainEqual(expect.objectContaining({ check: "data-disk" }));
  } finally {
    unmount(Mountpoint);
  }
  expect((await afterMeasuring()).warning).toBeNull();
});

describe("beyond the limit", () => {
  it("it is stopped, hidden as the files may be; all of them are kept, and everybody is told why", async () => {
    await berth.installation.sql
      .updateTable("deployments")
      .set({ callback_url: "https://hooks.example/berth" })
      .where("id", "=", id)
      .execute();
    inside(id, "/bin/busybox", "mkdir", ".openclaw/hidden");
    write("hidden/file", 9);
    inside(id, "/bin/busybox", "chmod", "000", ".openclaw/hidden");
    const failed = await afterMeasuring();
    expect(failed).toMatchObject({
      status: "failed",
      operation: {
        kind: "crash",
        state: "failed",
        error: {
          code: "STATE_FULL",
          message: expect.stringMatching(/10(\.\d)? MiB of the 8 MiB.*All of it is kept/),
        },
      },
    });
    await untilItStands();
    const callbacks = await berth.installation.sql
      .selectFrom("callbacks")
      .select("body")
      .where("deployment_id", "=", id)
      .execute();
    expect(callbacks.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: "assistant.failed", data: { error: { code: "STATE_FULL" } } },
    ]);
    expect(await findings(id)).toContainEqual(
      expect.objectContaining({ check: "data-size", severity: "error" }),
    );
  });

  it("started past Berth, it is stopped again", async () => {
    await docker.getContainer(resourceName(id)).start();
    expect(await afterMeasuring()).toMatchObject({ operation: { error: { code: "STATE_FULL" } } });
    await untilItStands();
  });

  it("a redeploy makes a new container on the same data, and gives it time, also by another process", async () => {
    const before = (await container()).Id;
    await redeploy();
    expect((await container()).Id).not.toBe(before);
    const tolerated = {
      status: "active",
      warning: { cause: { code: "STATE_FULL", message: expect.stringContaining("delete files by") } },
    };
    expect(await afterMeasuring()).toMatchObject(tolerated);
    await berth.stop();
    berth = await startTestBerth(SLICE, settings, berth.dataDir);
    expect(await afterMeasuring()).toMatchObject(tolerated);
    expect((await container()).State.Running).toBe(true);
  });

  it("that time ends", async () => {
    await berth.installation.sql
      .updateTable("deployments")
      .set({
        state_use: raw`jsonb_set(state_use, '{toleratedUntil}', to_jsonb(now()))`,
      })
      .where("id", "=", id)
      .execute();
    expect(await afterMeasuring()).toMatchObject({
      status: "failed",
      operation: { error: { code: "STATE_FULL" } },
    });
  });

  it("redeployed and tidied up, it is as any other, with what it has kept", async () => {
    await redeploy();
    expect((await afterMeasuring()).warning).toMatchObject({ cause: { code: "STATE_FULL" } });
    inside(id, "/bin/busybox", "chmod", "700", ".openclaw/hidden");
    inside(id, "/bin/busybox", "rm", "-r", ".openclaw/hidden");
    expect(await afterMeasuring()).toMatchObject({ status: "active", warning: null });
    expect(inside(id, "/bin/busybox", "wc", "-c", ".openclaw/notes")).toContain(String(MIB));
    expect(await findings(id)).toEqual([]);
  });
});

it("what measures is no drift and no finding, and every call has the volume to itself at once", async () => {
  await setUpScales({ deploymentId: id, image });
  await slowScales();
  expect(await findings(id)).toEqual([]);
  expect((await berth.call("GET", `${id}/status`)).body.data).toMatchObject({
    status: "active",
    drift: null,
  });
  // Sooner than an operation's end makes it due, and not before this one has ended.
  const due = new Date(Date.now() + 55_000);
  await dueAt(due);
  const asked = await berth.call("POST", `${id}/backups`);
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  await untilSettled();
  expect((await row()).state_check_at?.getTime(), "no backup puts it off").toBeLessThanOrEqual(due.getTime());
  await slowScales();
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  await slowScales();
  await berth.call("POST", `${id}/restore`, { backupId: asked.body.data?.backupId });
  await untilSettled();
  expect(await status()).toMatchObject({
    status: "stopped",
    operation: { kind: "restore", state: "succeeded" },
  });
  await redeploy();
  await slowScales();
  await berth.call("DELETE", id);
  await waitForStatus(berth, id, "deleted");
  expect(await labelled(id)).toEqual(NOTHING);
});

itAtLength("measured without a pause, a whole life goes as ever, and nothing is left", async () => {
  const ending = new AbortController();
  const parts = { ...berth.installation, log: pino({ level: "silent" }) };
  let count = 0;
  const measuring = (async () => {
    for (; !ending.signal.aborted; await sleep(5)) {
      await berth.installation.sql.updateTable("deployments").set({ state_check_at: null }).execute();
      if (await measureNext(parts, ending.signal)) count++;
    }
  })();
  const slot = await unpreparedSlot(berth);
  await berth.call("POST", `${slot}/activate`, ACTIVATION);
  await waitForStatus(berth, slot, "active");
  for (let round = 0; round < 3; round++) {
    await sleep(150 * round);
    await berth.call("POST", `${slot}/redeploy`, {});
    await waitForStatus(berth, slot, "active");
  }
  await berth.call("DELETE", slot);
  await waitForStatus(berth, slot, "deleted");
  ending.abort();
  await measuring;
  expect(count).toBeGreaterThan(2);
  expect(await labelled(slot)).toEqual(NOTHING);
});

function write(name: string, mib: number): void {
  const zeros = `if=/dev/zero of=.openclaw/${name} bs=1k count=${mib * 1024}`;
  inside(id, "sh", "-c", `/bin/busybox dd ${zeros} 2>/dev/null`);
}

/** Measures now, whichever worker does it, and returns the status. */
async function afterMeasuring(): Promise<Record<string, unknown>> {
  const parts = { ...berth.installation, log: pino({ level: "silent" }) };
  const startedAt = new Date().toISOString();
  await dueAt(null);
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; await sleep(50)) {
    await measureNext(parts, never);
    const { state_use } = await row();
    if (state_use && state_use.measuredAt > startedAt) return status();
  }
  throw new Error("It was not measured.");
}

async function dueAt(state_check_at: Date | null): Promise<void> {
  const { sql } = berth.installation;
  await sql.updateTable("deployments").set({ state_check_at }).where("id", "=", id).execute();
}

function row() {
  const { sql } = berth.installation;
  const query = sql.selectFrom("deployments").select(["state_use", "state_check_at"]);
  return query.where("id", "=", id).executeTakeFirstOrThrow();
}

async function status(): Promise<Record<string, unknown>> {
  return (await berth.call("GET", `${id}/status`)).body.data ?? {};
}

async function untilSettled(): Promise<void> {
  for (const deadline = Date.now() + 300_000; Date.now() < deadline; await sleep(50)) {
    const { operation } = await status();
    if ((operation as { finishedAt: string | null }).finishedAt) return;
  }
  throw new Error("Not settled.");
}

async function redeploy(): Promise<void> {
  await berth.call("POST", `${id}/redeploy`, {});
  await waitForStatus(berth, id, "active");
}

async function findings(of: string): Promise<{ check: string }[]> {
  const { body } = await berth.call("GET", `/api/v1/doctor${of && `?deployment=${of}`}`);
  const rows = body.data as unknown as { deploymentId: string | null; findings: { check: string }[] }[];
  return rows.filter(({ deploymentId }) => deploymentId === (of || null)).flatMap((row) => row.findings);
}

/** The record is written first. */
async function untilItStands(): Promise<void> {
  const state = async () => (await container()).State;
  await expect.poll(state).toMatchObject({ Running: false, Restarting: false });
}

function container() {
  return docker.getContainer(resourceName(id)).inspect();
}

/** As a measurement of millions of files, which takes minutes. */
async function slowScales(): Promise<void> {
  const slow = await docker.createContainer({
    Image: image,
    Labels: { [DEPLOYMENT_LABEL]: id, [DOOR_LABEL]: "measure" },
    Entrypoint: ["/bin/sleep", "300"],
    HostConfig: {
      Binds: [`${await dataVolume(id)}:/state:ro,nocopy`],
      NetworkMode: "none",
      AutoRemove: true,
    },
  });
  await slow.start();
}
