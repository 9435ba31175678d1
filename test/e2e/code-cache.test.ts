// The compiled code of an image: made in the background, read by all its assistants and written by none.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { findCodeCache } from "../../infra/docker/code-cache/find.ts";
import { makeCodeCache } from "../../infra/docker/code-cache/make.ts";
import { CODE_CACHE_PATH, codeCacheName } from "../../infra/docker/code-cache/names.ts";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker, inside, labelled, NOTHING } from "../support/docker.ts";
import { FakePlugin } from "../support/plugin.ts";
import { ensureTinyImages, type TinyImages } from "../support/tiny-image.ts";

const CODE = `${CODE_CACHE_PATH}/node/code`;

let images: TinyImages;
beforeAll(async () => {
  images = await ensureTinyImages();
  await removeCaches();
});
afterAll(removeCaches);

it("an assistant starts without it, and with it once it is there; it can't write it", async () => {
  const settings = { BERTH_ASSISTANT_IMAGE: images.caching };
  const folder = await mkdtemp(join(tmpdir(), "berth-code-cache-"));
  // Until the assistant is there its place is taken: then nobody makes it.
  const [name = ""] = await cacheNames();
  const squatter = await docker.createContainer({ name, Image: images.healthy });
  let berth = await startTestBerth(57, settings, folder);
  try {
    const id = await unpreparedSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
    expect(await mountsOf(id)).not.toContain(CODE_CACHE_PATH);

    await squatter.remove({ force: true });
    await berth.stop();
    berth = await startTestBerth(57, settings, folder);
    const cache = await untilThere();
    await expect.poll(() => containersOf(images.caching)).toEqual([`/berth-${id}`]);

    // One that takes changes while it runs is not replaced for it.
    const plugin = new FakePlugin();
    await plugin.open();
    await plugin.standInFor(berth, id);
    const before = (await docker.getContainer(`berth-${id}`).inspect()).Id;
    await berth.call("PATCH", id, { modelId: "claude-changed" });
    await untilEnded(berth, id, "patch");
    expect((await docker.getContainer(`berth-${id}`).inspect()).Id).toBe(before);
    plugin.close();

    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
    expect(inside(id, "cat", CODE)).toBe("code\n");
    const { Mounts, Config } = await docker.getContainer(`berth-${id}`).inspect();
    const mount = Mounts.find(({ Destination }) => Destination === CODE_CACHE_PATH);
    expect(mount).toMatchObject({ Type: "volume", Name: cache, RW: false });
    expect(Config.Env).toContain(`NODE_COMPILE_CACHE=${CODE_CACHE_PATH}/node`);
    expect(() => inside(id, "touch", CODE)).toThrow(/Read-only file system/);

    const { body } = await berth.call("GET", `/api/v1/doctor?deployment=${id}`);
    expect(JSON.stringify(body)).toMatch(/"findings":\[\]/);
    await docker.getContainer(`berth-${id}`).stop();
    await expect(docker.getVolume(cache).remove()).rejects.toThrow(/in use/);
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    expect(await labelled(id)).toEqual(NOTHING);
    expect(await findCodeCache(images.caching)).toBe(cache);
  } finally {
    await berth.close();
    await rm(folder, { recursive: true, force: true });
  }
});

it("is made by one at a time, without network and secrets, and in vain leaves nothing", async () => {
  await removeCaches();
  const over = new AbortController();
  const warmUp = { memoryMib: 64, runtime: undefined, signal: over.signal };
  const made = makeCodeCache(images.caching, warmUp);
  const [name] = await untilRunning(images.caching);
  const { HostConfig, Config } = await docker.getContainer(String(name)).inspect();
  expect(HostConfig).toMatchObject({
    NetworkMode: "none",
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    Memory: 64 * 1024 * 1024,
    PidsLimit: 512,
  });
  expect(Config.User).toBe("1000:1000");
  expect(Config.Env.join()).not.toMatch(/TELEGRAM|API_KEY/);
  expect(await findCodeCache(images.caching)).toBeUndefined();
  expect(await makeCodeCache(images.caching, warmUp)).toBe(false);
  over.abort();
  await expect(made).rejects.toThrow(/abort/);
  expect(await containersOf(images.caching)).toEqual([]);

  const again = { ...warmUp, signal: new AbortController().signal };
  await expect(makeCodeCache(images.stillborn, again)).rejects.toThrow(
    "It ended with 3 instead of starting.",
  );
  expect(await containersOf(images.stillborn)).toEqual([]);
  expect(await makeCodeCache(images.healthy, again)).toBe(false);
  for (const image of Object.values(images)) expect(await findCodeCache(image)).toBeUndefined();
  expect((await docker.listVolumes({ filters: { name: await cacheNames() } })).Volumes).toEqual([]);
});

/** @throws Error unless its latest operation becomes one of that kind that has succeeded */
async function untilEnded(berth: TestBerth, id: string, kind: string): Promise<void> {
  const latest = async () => (await berth.call("GET", `${id}/status`)).body.data?.operation;
  await expect.poll(latest).toMatchObject({ kind, state: "succeeded" });
}

async function untilThere(): Promise<string> {
  return vi.waitFor(
    async () => {
      const found = await findCodeCache(images.caching);
      if (!found) throw new Error("There is no cache yet.");
      return found;
    },
    { timeout: 300_000, interval: 100 },
  );
}

async function untilRunning(image: string): Promise<string[]> {
  for (; ; await sleep(100)) {
    const running = await docker.listContainers({ filters: { ancestor: [image] } });
    if (running.length > 0) return running.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
  }
}

async function containersOf(image: string): Promise<string[]> {
  const containers = await docker.listContainers({ all: true, filters: { ancestor: [image] } });
  return containers.flatMap(({ Names }) => Names);
}

async function mountsOf(id: string): Promise<string[]> {
  const { Mounts } = await docker.getContainer(`berth-${id}`).inspect();
  return Mounts.map(({ Destination }) => Destination);
}

async function cacheNames(): Promise<string[]> {
  const found = [images.caching, images.stillborn].map((image) => docker.getImage(image).inspect());
  return (await Promise.all(found)).map(({ Id }) => codeCacheName(Id));
}

async function removeCaches(): Promise<void> {
  for (const name of await cacheNames()) {
    await docker
      .getContainer(name)
      .remove({ force: true, v: true })
      .catch(() => {});
    await docker
      .getVolume(name)
      .remove()
      .catch(() => {});
  }
}
