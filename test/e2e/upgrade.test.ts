// Images are pinned, and an upgrade has a way back: real Docker, tiny images, real pulls from a registry that wants a login.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { dataVolume, docker, inside, labelled, whileActive } from "../support/docker.ts";
import { itAtLength } from "../support/matrix.ts";
import { type Registry, startRegistry } from "../support/registry.ts";
import { stateOf } from "../support/state-files.ts";
import { ensureTinyImages, type TinyImages } from "../support/tiny-image.ts";

const STATE = "/home/node/.openclaw";
const LOGIN = "robot:registry-canary-0123";

let images: TinyImages;
let registry: Registry;
let berth: TestBerth;
let id: string;
let logins: string;
beforeAll(async () => {
  images = await ensureTinyImages();
  registry = await startRegistry(LOGIN);
  const { reference } = registry.put("app", "moving", images.healthy);
  logins = mkdtempSync(join(tmpdir(), "berth-logins-"));
  const auths = { [registry.host]: { auth: Buffer.from(LOGIN).toString("base64") } };
  writeFileSync(join(logins, "config.json"), JSON.stringify({ auths }));
  const settings = { DOCKER_CONFIG: logins, BERTH_STARTUP_TIMEOUT: "20" };
  berth = await startTestBerth(18, { BERTH_ASSISTANT_IMAGE: reference, ...settings });
  id = await unpreparedSlot(berth);
});
afterAll(async () => {
  await berth.close();
  await registry.close();
  rmSync(logins, { recursive: true });
});

interface Shown {
  readonly reference: string;
  readonly isCustom: boolean;
  readonly pinned: string | null;
  readonly rolledBackFrom: string | null;
}

async function shownImage(): Promise<Shown> {
  return (await berth.call("GET", id)).body.data?.image as Shown;
}

async function containerId(): Promise<string> {
  return (await docker.getContainer(`berth-${id}`).inspect()).Id;
}

/** Redeploys until that is over, however it ends. */
async function redeploy(body: object) {
  const accepted = await berth.call("POST", `${id}/redeploy`, body);
  expect(accepted.status, JSON.stringify(accepted.body)).toBe(202);
  for (;;) {
    const { data } = (await berth.call("GET", `${id}/status`)).body;
    const operation = data?.operation as {
      readonly state: string;
      readonly finishedAt: string | null;
      readonly error: { readonly code: string; readonly message: string } | null;
    };
    if (operation.finishedAt) return { ...operation, status: data?.status };
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

async function log(): Promise<string> {
  const headers = { "X-API-Key": berth.apiKey.value };
  return (await fetch(`${berth.url}/api/v1/assistants/${id}/events`, { headers })).text();
}

describe("pinning", () => {
  it("a moving tag is pulled, told in the log, and pinned to its digest", async () => {
    expect(await shownImage()).toMatchObject({ isCustom: false, pinned: null });
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    const { outputs } = await waitForStatus(berth, id, "active");
    const { reference, digest } = registry.put("app", "moving", images.healthy);
    const pinned = `${registry.host}/app@${digest}`;
    expect(await shownImage()).toEqual({ reference, isCustom: false, pinned, rolledBackFrom: null });
    expect(outputs).toMatchObject({ image: pinned });
    expect((await docker.getContainer(`berth-${id}`).inspect()).Config.Image).toBe(pinned);
    expect(await log()).toContain(`Pulling ${reference}`);
  });

  it("what the tag means elsewhere by now changes nothing: the same container, and nobody is asked", async () => {
    registry.put("app", "moving", images.newer);
    const before = await containerId();
    const asked = registry.asked.length;
    expect(await redeploy({})).toMatchObject({ state: "succeeded", status: "active" });
    expect(await containerId()).toBe(before);
    expect(registry.asked.length).toBe(asked);
  });

  it("stop keeps the image; redeploy takes what the tag means on this engine, as an upgrade with a backup", async () => {
    inside(id, "sh", "-c", `echo kept > ${STATE}/notes.txt`);
    const { pinned: old } = await shownImage();
    const { reference, digest } = registry.put("app", "moving", images.newer);
    // Not in one go: the registry is served by this very process.
    await promisify(execFile)("docker", ["--config", logins, "pull", "--quiet", reference]);
    await berth.call("POST", `${id}/stop`, {});
    await waitForStatus(berth, id, "stopped");
    expect((await berth.call("GET", id)).body.data?.outputs).toMatchObject({ image: old });
    expect(await redeploy({})).toMatchObject({ state: "succeeded", status: "active" });
    expect((await shownImage()).pinned).toBe(`${registry.host}/app@${digest}`);
    expect(inside(id, "cat", `${STATE}/notes.txt`, `${STATE}/schema`)).toBe("kept\n2\n");
    const backups = await berth.installation.sql.selectFrom("backups").selectAll().execute();
    expect(backups).toMatchObject([{ deployment_id: id, reason: "upgrade", state: "ready", image: old }]);
  });
});

describe("an image of its own", () => {
  it.each([
    ["another repository", () => `${registry.host}/other:1`],
    ["another registry", () => "ghcr.io/app:moving"],
    ["what is no reference", () => "app:"],
    ["an image's id", () => `sha256:${"0".repeat(64)}`],
  ])("is not taken from %s", async (_name, image) => {
    const refused = await berth.call("POST", `${id}/redeploy`, { image: image() });
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({ code: "INVALID_REQUEST", details: [{ field: "image" }] });
    expect((await shownImage()).isCustom).toBe(false);
  });

  it("that is not to be had leaves it active, untouched", async () => {
    const before = await containerId();
    const ended = await redeploy({ image: `${registry.host}/app:missing` });
    expect(ended).toMatchObject({ state: "failed", status: "active", error: { code: "IMAGE_UNAVAILABLE" } });
    expect(ended.error?.message).toContain("Nothing was touched: the assistant is active as before.");
    expect(await containerId()).toBe(before);
    expect(await shownImage()).toMatchObject({ isCustom: true, reference: `${registry.host}/app:missing` });
  });

  it("null goes back to the installation's", async () => {
    const before = await containerId();
    expect(await redeploy({ image: null })).toMatchObject({ state: "succeeded", status: "active" });
    expect(await containerId()).toBe(before);
    expect(await shownImage()).toMatchObject({ isCustom: false, reference: `${registry.host}/app:moving` });
  });
});

describe("an upgrade that fails", () => {
  it("comes back with image and data byte for byte, and says why", async () => {
    inside(
      id,
      "sh",
      "-c",
      `busybox ln -s notes.txt ${STATE}/link; touch ${STATE}/empty; echo x > ${STATE}/.hidden`,
    );
    const before = { state: await stateOf(id), image: await shownImage() };
    const { reference, digest } = registry.put("app", "eating", images.eating);
    const ended = await redeploy({ image: reference });
    const eating = `${registry.host}/app@${digest}`;
    expect(ended).toMatchObject({
      state: "failed",
      status: "active",
      error: { code: "UPGRADE_ROLLED_BACK" },
    });
    expect(ended.error?.message).toContain(`${eating} did not get well (NOT_READY)`);
    expect(await stateOf(id)).toEqual(before.state);
    expect(await shownImage()).toEqual({
      reference,
      isCustom: true,
      pinned: before.image.pinned,
      rolledBackFrom: eating,
    });
    const data = await dataVolume(id);
    expect(data, "the data from before is in a fresh volume, and the other one is gone").not.toBe(
      `berth-${id}`,
    );
    // But for what measures its data, now and then.
    await expect.poll(() => labelled(id)).toEqual(whileActive(id, data));
    const { body } = await berth.call("GET", `${id}/status`);
    expect(body.data).toMatchObject({
      outputs: { status: "active", image: before.image.pinned },
      drift: null,
    });
  });

  it("from stopped: the previous image comes up instead, on its own data; the last words are told", async () => {
    await berth.call("POST", `${id}/stop`, {});
    await waitForStatus(berth, id, "stopped");
    const { reference } = registry.put("app", "migrating", images.migrating);
    const ended = await redeploy({ image: reference });
    expect(ended).toMatchObject({
      state: "failed",
      status: "active",
      error: { code: "UPGRADE_ROLLED_BACK" },
    });
    expect(ended.error?.message).toMatch(/\((CRASHED|NOT_READY)\)/);
    expect(ended.error?.message).toContain("can not go on");
    expect(inside(id, "cat", `${STATE}/schema`)).toBe("2\n");
  });

  itAtLength(
    "from failed: image and data are back, nothing is started; the good image repairs it",
    async () => {
      const good = await shownImage();
      await berth.installation.sql
        .updateTable("deployments")
        .set({ status: "failed" })
        .where("id", "=", id)
        .execute();
      const ended = await redeploy({ image: registry.put("app", "broken", images.broken).reference });
      expect(ended).toMatchObject({
        state: "failed",
        status: "failed",
        error: { code: "UPGRADE_ROLLED_BACK" },
      });
      expect((await labelled(id)).containers).toEqual([]);
      expect((await shownImage()).pinned).toBe(good.pinned);
      expect(await redeploy({ image: null })).toMatchObject({ state: "succeeded", status: "active" });
      expect(inside(id, "cat", `${STATE}/schema`)).toBe("2\n");
    },
  );

  itAtLength(
    "where the way back fails, too: both are told, the data are there, and a good image repairs it",
    async () => {
      await berth.call("POST", `${id}/stop`, {});
      await waitForStatus(berth, id, "stopped");
      const { reference } = registry.put("app", "broken", images.broken);
      // With the last tag of a repository its digests go, too.
      execFileSync("docker", ["rmi", `${registry.host}/app:moving`], { stdio: "pipe" });
      const ended = await registry.whileAway(() => redeploy({ image: reference }));
      expect(ended).toMatchObject({ state: "failed", status: "failed", error: { code: "ROLLBACK_FAILED" } });
      expect(ended.error?.message).toContain("not-there");
      expect(ended.error?.message).toContain("(IMAGE_UNAVAILABLE)");
      expect(await redeploy({ image: null })).toMatchObject({ state: "succeeded", status: "active" });
      expect(inside(id, "cat", `${STATE}/notes.txt`, `${STATE}/schema`)).toBe("kept\n2\n");
    },
  );

  itAtLength("comes back to an image that was removed from the engine meanwhile", async () => {
    await berth.call("POST", `${id}/stop`, {});
    await waitForStatus(berth, id, "stopped");
    execFileSync("docker", ["rmi", `${registry.host}/app:moving`], { stdio: "pipe" });
    const ended = await redeploy({ image: registry.put("app", "broken", images.broken).reference });
    expect(ended).toMatchObject({ status: "active", error: { code: "UPGRADE_ROLLED_BACK" } });
    expect(await log()).toContain(`Pulling ${(await shownImage()).pinned}`);
  });

  it("leaves the registry's login neither in database, state nor logs", () => {
    const known = spawnSync("grep", ["-rlaE", "registry-canary|cm9ib3Q6", berth.dataDir], {
      encoding: "utf8",
    });
    expect(known.stdout).toBe("");
  });
});
