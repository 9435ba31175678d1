// An image that was pulled for deployments goes a day after the last of them, with the real engine; one in use stays recorded.
import { execFileSync } from "node:child_process";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../../../../stacks/database/database.ts";
import { recordPull, unneededImages } from "../../../../stacks/deployments/pulled-images.ts";
import { removeUnused } from "../../../../stacks/watch/docker/unused-images.ts";
import { docker } from "../../../support/docker.ts";
import { openEmptyDatabase } from "../../../support/empty-database.ts";
import { removeImages } from "../../../support/registry.ts";

const NAME = `berth-test/unused-${crypto.randomUUID()}`;
const DAYS = 86_400_000;

let database: Database;
beforeAll(async () => {
  database = await openEmptyDatabase();
});
afterAll(async () => {
  removeImages(NAME);
  await database.close();
});

it("what nobody needs goes and is forgotten, what a container or the installation uses stays", async () => {
  const [unused, used, own] = ["unused", "used", "own"].map((tag) => ({
    reference: `${NAME}:${tag}`,
    pin: made(`${NAME}:${tag}`),
  }));
  if (!unused || !used || !own) throw new Error("There are three.");
  for (const image of [unused, used, own]) await recordPull(database.sql, image);
  const container = await docker.createContainer({ Image: used.pin, Cmd: ["/nothing"] });
  const parts = {
    sql: database.sql,
    settings: { assistantImage: own.reference },
    log: pino({ enabled: false }),
  };
  await removeUnused(parts);
  expect(await Promise.all([unused, used, own].map(isThere)), "at first none goes").toEqual([
    true,
    true,
    true,
  ]);
  const since = new Date(Date.now() - 2 * DAYS);
  await database.sql.updateTable("pulled_images").set({ unused_since: since }).execute();
  await removeUnused(parts);
  expect(await Promise.all([unused, used, own].map(isThere))).toEqual([false, true, true]);
  const left = await unneededImages(database.sql);
  expect(left.map(({ reference }) => reference).toSorted()).toEqual(
    [own.reference, used.reference].toSorted(),
  );
  await container.remove();
  await removeUnused(parts);
  expect(await isThere(used)).toBe(false);
});

function made(reference: string): string {
  const transform = `--transform=s/$/${crypto.randomUUID()}/`;
  const input = execFileSync("tar", ["-cf", "-", "-C", "/etc", "hostname", transform]);
  return execFileSync("docker", ["import", "-", reference], { input, encoding: "utf8" }).trim();
}

function isThere({ pin }: { readonly pin: string }): Promise<boolean> {
  return docker
    .getImage(pin)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}
