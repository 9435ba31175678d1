// What the dashboard is built to: how much a browser loads before it shows the list.
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildDashboard, buildInRoom } from "../../../api/web-build.ts";

const MOST_BYTES = 250_000;

it.each([".br", ".gz"])("at first at most 250 KB are loaded, compressed as %s", async (compression) => {
  const folder = await buildDashboard(process.env);
  const document = await readFile(join(folder, "index.html"), "utf8");
  const named = [...document.matchAll(/(?:src|href)="\.?\/?([^"]+\.(?:js|css|svg))"/g)].map(
    ([, path]) => path ?? "",
  );
  expect(named.length).toBeGreaterThan(3);
  const paths = ["index.html", ...new Set(named)].map((path) => join(folder, path + compression));
  const files = await Promise.all(paths.map((path) => readFile(path)));
  const bytes = files.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
  // And there is more, which comes with the pages that need it.
  expect((await readdir(join(folder, "assets"))).length).toBeGreaterThan(2 * paths.length);
});

it("a server without what it is built of gets that for the time of the build, and builds the same", async () => {
  const around = await mkdtemp(join(tmpdir(), "berth-build-"));
  try {
    const folder = join(around, "built");
    await mkdir(folder);
    await buildInRoom(folder, process.env);
    expect(await readdir(around)).toEqual(["built"]);
    const [assets, expected] = [folder, await buildDashboard(process.env)].map((root) =>
      join(root, "assets"),
    );
    const isWhole = (name: string) => !/\.(br|gz)$/.test(name);
    expect((await readdir(assets ?? "")).sort()).toEqual(
      (await readdir(expected ?? "")).filter(isWhole).sort(),
    );
  } finally {
    await rm(around, { recursive: true, force: true });
  }
});
