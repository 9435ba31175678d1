// A reference is pinned to what it means on the engine: real Docker, and a real pull from a registry on loopback.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPinned } from "../../../infra/assistant/image-reference.ts";
import { findPin, pinImage } from "../../../infra/docker/images/pin.ts";
import type { RegistryLogins } from "../../../infra/target.ts";
import { causeOf } from "../../../stacks/pulumi/error-texts.ts";
import { docker } from "../../support/docker.ts";
import { NO_LOGINS, type Registry, removeImages, startRegistry } from "../../support/registry.ts";
import { ensureTinyImages, type TinyImages } from "../../support/tiny-image.ts";

const LOCAL = "berth-test/pin-local";

let images: TinyImages;
let registry: Registry;
beforeAll(async () => {
  images = await ensureTinyImages();
  registry = await startRegistry();
});
afterAll(async () => {
  removeImages(LOCAL);
  for (const folder of folders) rmSync(folder, { recursive: true });
  await registry.close();
});

const folders: string[] = [];
const signal = new AbortController().signal;

async function pin(reference: string, current: string | null = null, logins = NO_LOGINS) {
  const told: string[] = [];
  const onPull = (what: string) => told.push(what);
  const pinned = await pinImage(reference, { current, logins, onPull, signal });
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
  const aborted = pinImage(reference, {
    current: null,
    logins: NO_LOGINS,
    onPull: () => {},
    signal: AbortSignal.abort(),
  });
  await expect(aborted).rejects.toThrow("it can't be pulled");
});

describe("a private registry", () => {
  const LOGIN = "robot:pass:word-canary";
  let closed: Registry;
  beforeAll(async () => {
    closed = await startRegistry(LOGIN);
  });
  afterAll(() => closed.close());

  it("is asked with the login of config.json, and with that of a helper", async () => {
    const auth = Buffer.from(LOGIN).toString("base64");
    const first = closed.put("closed/auths", "one", images.healthy);
    const logins = withConfig({ auths: { [closed.host]: { auth } } });
    expect((await pin(first.reference, null, logins)).pinned).toBe(
      `${closed.host}/closed/auths@${first.digest}`,
    );
    const second = closed.put("closed/helper", "one", images.fragile);
    const helped = withConfig({ credHelpers: { [closed.host]: "berth-test" } }, LOGIN);
    expect((await pin(second.reference, null, helped)).pinned).toBe(
      `${closed.host}/closed/helper@${second.digest}`,
    );
  });

  it.each([
    ["no login", {}, "asked without a login"],
    [
      "a wrong login",
      { auth: Buffer.from("robot:wrong-canary").toString("base64") },
      "asked with the login for",
    ],
  ])("refuses %s, which is told as such and without the login", async (_what, entry, asWhom) => {
    const { reference } = closed.put("closed/refused", "one", images.crashing);
    const failed = pin(reference, null, withConfig({ auths: { [closed.host]: entry } }));
    const message = await failed.then(
      () => "it was pulled",
      (error: Error) => error.message,
    );
    expect(message).toContain(asWhom);
    expect(message).not.toMatch(/canary|cm9ib3/);
    expect(causeOf([message]).code, message).toBe("IMAGE_ACCESS_REFUSED");
  });
});

/** A folder with Docker's config and, for a `user:password`, the helper `docker-credential-berth-test` that knows it. */
function withConfig(config: object, login?: string): RegistryLogins {
  const folder = mkdtempSync(join(tmpdir(), "berth-logins-"));
  folders.push(folder);
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const [, Username, Secret] = /^([^:]*):(.*)$/.exec(login ?? "") ?? [];
  const answer = JSON.stringify({ Username, Secret });
  const script = `#!/bin/sh\ntest "$1" = get && read -r registry; echo '${answer}'\n`;
  writeFileSync(join(folder, "docker-credential-berth-test"), script, { mode: 0o755 });
  return {
    configFile: join(folder, "config.json"),
    environment: { PATH: `${folder}:${process.env.PATH}` },
  };
}
