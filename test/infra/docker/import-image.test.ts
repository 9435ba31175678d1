// The image of a folder, made by the real engine.
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { importImage } from "../../../infra/docker/images/import.ts";
import { docker } from "../../support/docker.ts";

let folder: string;
let image: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-image-"));
  image = `berth-test/imported:${randomUUID()}`;
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await docker
    .getImage(image)
    .remove()
    .catch(() => {});
});

it("has the folder's bytes and the changes", async () => {
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data/large"), Buffer.alloc(20_000_000, 7));
  const progress: string[] = [];
  const changes = ['CMD ["/bin/true"]', "USER 1000:1000"];
  await importImage(docker, image, folder, { changes, report: (howFar) => progress.push(howFar) });
  const made = await docker.getImage(image).inspect();
  expect(made.Config).toMatchObject({ Cmd: ["/bin/true"], User: "1000:1000" });
  expect(made.Size).toBe(20_000_000);
  expect(progress.at(-1)).toBe("20 MB");
});

it("is not made of an archive that ended early", async () => {
  const failing = importImage(docker, image, join(folder, "missing"), { changes: [], report: () => {} });
  await expect(failing).rejects.toThrow(/tar ended with 2: .*missing/);
  await expect(docker.getImage(image).inspect()).rejects.toMatchObject({ statusCode: 404 });
});
