// Images that Berth has pulled go when nobody has a use for them, and never otherwise: with the real engine.
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, expect, it } from "vitest";
import { removeImage } from "../../../infra/docker/images/remove.ts";
import { docker } from "../../support/docker.ts";
import { removeImages, startRegistry } from "../../support/registry.ts";

const NAME = `berth-test/removed-${crypto.randomUUID()}`;
const REFERENCE = `${NAME}:1`;

afterEach(() => removeImages(NAME));
afterAll(() => removeImages(NAME));

/** Of a content of its own each time. @returns its id */
function made(): string {
  const archive = execFileSync("tar", [
    "-cf",
    "-",
    "-C",
    "/etc",
    "hostname",
    `--transform=s/$/${crypto.randomUUID()}/`,
  ]);
  return execFileSync("docker", ["import", "-", REFERENCE], { input: archive, encoding: "utf8" }).trim();
}

const isThere = (id: string) =>
  docker
    .getImage(id)
    .inspect()
    .then(
      () => true,
      () => false,
    );

it("one that nobody uses is removed, and one that is gone is no error", async () => {
  const pin = made();
  expect(await removeImage({ pin, reference: REFERENCE, kept: ["berth-test/not-there:1"] })).toBe("removed");
  expect(await isThere(pin)).toBe(false);
  expect(await removeImage({ pin, reference: REFERENCE, kept: [] })).toBe("gone");
});

it("one that stays by another name, has a name of somebody else's or a container is kept", async () => {
  const pin = made();
  const remove = (kept: string[] = []) => removeImage({ pin, reference: REFERENCE, kept });
  execFileSync("docker", ["tag", pin, `${NAME}:mine`]);
  expect(await remove()).toBe("kept");
  expect(await removeImage({ pin, reference: `${NAME}:mine`, kept: [] })).toBe("kept");
  execFileSync("docker", ["rmi", `${NAME}:mine`], { stdio: "ignore" });
  expect(await remove([REFERENCE])).toBe("kept");
  const container = await docker.createContainer({ Image: pin, Cmd: ["/nothing"] });
  expect(await remove()).toBe("kept");
  await container.remove();
  expect(await isThere(REFERENCE)).toBe(true);
  expect(await remove()).toBe("removed");
});

it("one from a registry goes with its tag and its digest", async () => {
  const registry = await startRegistry();
  try {
    const { reference, digest } = registry.put("removed/app", "1", made());
    removeImages(NAME);
    // This very process is the registry.
    await promisify(execFile)("docker", ["pull", "-q", reference]);
    const pin = `${registry.host}/removed/app@${digest}`;
    expect(await isThere(pin)).toBe(true);
    expect(await removeImage({ pin, reference, kept: [] })).toBe("removed");
    expect(await Promise.all([pin, reference].map(isThere))).toEqual([false, false]);
  } finally {
    await registry.close();
  }
});
