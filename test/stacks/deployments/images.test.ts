// Whose image a deployment may have, and which one it keeps.
import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";
import { imageChange, keptImage, wantedImage } from "../../../stacks/deployments/images.ts";
import { pinWanted } from "../../../stacks/worker/pinning.ts";

const OWN = "ghcr.io/openclaw/openclaw:2026.9.7";
/** Nothing is pulled here. */
const NO_DATABASE = undefined as never;
const signal = new AbortController().signal;

function settings(environment: Record<string, string> = {}) {
  const { stacks, places } = readConfig(environment);
  return { ...stacks, places };
}

it("by default the repository of the installation's image is allowed, by any tag or digest", () => {
  for (const image of [OWN, `ghcr.io/openclaw/openclaw@sha256:${"0".repeat(64)}`])
    expect(imageChange(settings(), image)).toEqual({ image });
  for (const image of ["openclaw/openclaw", "ghcr.io/openclaw/openclaw2", "ghcr.io/openclaw/openclaw/more:1"])
    expect(() => imageChange(settings(), image)).toThrow("This image is not allowed here.");
});

it("BERTH_ALLOWED_IMAGES names others, as Docker spells them or in full", () => {
  const allowed = settings({ BERTH_ALLOWED_IMAGES: "busybox, docker.io/openclaw/openclaw" });
  for (const image of ["docker.io/library/busybox:1", "openclaw/openclaw:1"])
    expect(imageChange(allowed, image)).toEqual({ image });
  expect(() => imageChange(allowed, OWN)).toThrow();
  expect(imageChange(allowed, null)).toEqual({ image: null });
  expect(imageChange(allowed, undefined)).toEqual({});
});

it("a setting that names no repository stops the start", () => {
  expect(() => readConfig({ BERTH_ALLOWED_IMAGES: "ghcr.io/a/b:1,ghcr.io/a/b" })).toThrow(
    'BERTH_ALLOWED_IMAGES: "ghcr.io/a/b:1" must be a repository without a tag',
  );
  expect(() => readConfig({ BERTH_ASSISTANT_IMAGE: "a b" })).toThrow(
    "BERTH_ASSISTANT_IMAGE: must be an image",
  );
});

it("logins are where Docker's CLI has them, and the programs that keep them get no key of the installation", () => {
  const logins = (more: Record<string, string>) => readConfig({ HOME: "/home/x", ...more }).stacks.logins;
  expect(logins({}).configFile).toBe("/home/x/.docker/config.json");
  const { configFile, environment } = logins({
    DOCKER_CONFIG: "/etc/docker-x",
    BERTH_API_KEY: "k".repeat(16),
  });
  expect(configFile).toBe("/etc/docker-x/config.json");
  expect(environment).toMatchObject({ HOME: "/home/x", DOCKER_CONFIG: "/etc/docker-x" });
  expect(Object.keys(environment).toSorted()).toEqual(["DOCKER_CONFIG", "HOME", "PULUMI_HOME"]);
});

it("an image that is not allowed any more is not pulled", async () => {
  const deployment = {
    id: "one",
    target: null,
    region: null,
    image: "ghcr.io/gone/gone:1",
    pinned_image: null,
  };
  const told: string[] = [];
  const pinned = pinWanted(settings(), deployment, {
    sql: NO_DATABASE,
    onPull: (what) => told.push(what),
    signal,
  });
  await expect(pinned).rejects.toThrow("not allowed here any more");
  expect(told).toEqual([]);
});

it("on AWS a reference is handed on as it is", async () => {
  const aws = settings({ BERTH_TARGET: "aws", BERTH_AWS_REGION: "eu-central-1" });
  const deployment = {
    id: "one",
    target: null,
    region: null,
    image: OWN,
    pinned_image: "ghcr.io/openclaw/openclaw:2026.9.6",
  };
  expect(await pinWanted(aws, deployment, { sql: NO_DATABASE, onPull: () => {}, signal })).toBe(OWN);
});

it("what is not brought up keeps the image that it had, and a slot shows the one that it would get", () => {
  const { assistantImage } = settings();
  expect(keptImage(settings(), { image: OWN, pinned_image: "sha256:before" })).toBe("sha256:before");
  expect(keptImage(settings(), { image: null, pinned_image: null })).toBe(assistantImage);
  expect(wantedImage(settings(), { image: OWN })).toBe(OWN);
});
