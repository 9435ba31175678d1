// A reference is pinned to what it means on the engine: real Docker, and a real pull from a registry on loopback.
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findPin, isPinned, pinImage } from "../../infra/pin-image.ts";
import { docker } from "../support/docker.ts";
import { type Registry, removeImages, startRegistry } from "../support/registry.ts";
import { ensureTinyImages, type TinyImages } from "../support/tiny-image.ts";

const LOCAL = "berth-test/pin-local";

let images: TinyImages;
let registry: Registry;
beforeAll(async () => {
  images = await ensureTinyImages();
  registry = await startRegistry();
});
afterAll(async () => {
  removeImages(LOCAL);
  await registry.close();
});

const signal = new AbortController().signal;

async function pin(reference: string, current: string | null = null) {
  const told: string[] = [];
  const pinned = await pinImage(reference, { current, onPull: (what) => told.push(what), signal });
  return { pinned, told };
}

it("what is not there is pulled once, told, and pinned to its digest", async () => {
  const { reference, digest } = registry.put("pin/app", "moving", images.healthy);
  expect(await findPin(reference, null)).toBeUndefined();
  const first = await pin(reference);
  expect(first.pinned).toBe(`${registry.host}/pin/app@${digest}`);
  expect(first.told).toEqual([`Pulling ${reference}`, expect.stringMatching(/^Pulled \S+ in \d+ s$/)]);
  const asked = registry.asked.length;
  expect(await pin(reference)).toEqual({ pinned: first.pinned, told: [] });
  expect(await pin(first.pinned)).toEqual({ pinned: first.pinned, told: [] });
  expect(await findPin(reference, null)).toBe(first.pinned);
  expect(registry.asked.length).toBe(asked);
  expect(isPinned(first.pinned)).toBe(true);
  expect(isPinned(reference)).toBe(false);
});

it("a digest is pulled as such, whatever tag stands beside it", async () => {
  const { digest } = registry.put("pin/digest", "one", images.fragile);
  const { pinned } = await pin(`${registry.host}/pin/digest:other@${digest}`);
  expect(pinned).toBe(`${registry.host}/pin/digest@${digest}`);
});

it("an image that came from no registry is pinned to its id, and follows its tag", async () => {
  const idOf = async (image: string) => (await docker.getImage(image).inspect()).Id;
  execFileSync("docker", ["tag", images.unhealthy, `${LOCAL}:moving`]);
  const { pinned } = await pin(`${LOCAL}:moving`);
  expect(pinned).toBe(await idOf(images.unhealthy));
  expect(isPinned(pinned)).toBe(true);
  execFileSync("docker", ["tag", images.crashing, `${LOCAL}:moving`]);
  expect((await pin(`${LOCAL}:moving`, pinned)).pinned).toBe(await idOf(images.crashing));
});

it("a pin is kept while it is the same image, under whatever name it is known by now", async () => {
  const id = (await docker.getImage(images.crashing).inspect()).Id;
  const { reference, digest } = registry.put("pin/same", "one", images.crashing);
  expect((await pin(reference, id)).pinned).toBe(id);
  expect((await pin(reference)).pinned).toBe(`${registry.host}/pin/same@${digest}`);
});

it.each(["127.0.0.1:1/not/there:1", "berth-test/not-there:1"])(
  "%s can't be had, in the engine's words",
  async (name) => {
    await expect(pin(name)).rejects.toThrow(
      `Unable to find image '${name}' locally, and it can't be pulled: `,
    );
  },
);

it("a pull can be broken off", async () => {
  const { reference } = registry.put("pin/slow", "one", images.healthy);
  const aborted = pinImage(reference, { current: null, onPull: () => {}, signal: AbortSignal.abort() });
  await expect(aborted).rejects.toThrow("it can't be pulled");
});
