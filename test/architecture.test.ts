// The rules of the layout, checked on the source itself: api → stacks → infra, never back.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;
const FOLDERS = ["api", "stacks", "infra"] as const;
const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(ROOT, folder, name), "utf8") })),
);

/** Modules that a file imports, relative ones as paths from the root. */
function imports({ path, text }: { path: string; text: string }): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
  return found.map((name) => (name.startsWith(".") ? relative(ROOT, join(ROOT, path, "..", name)) : name));
}

function offenders(folder: string, isForbidden: (imported: string) => boolean): string[] {
  return files
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .flatMap((file) =>
      imports(file)
        .filter(isForbidden)
        .map((imported) => `${file.path} imports ${imported}`),
    );
}

describe("imports", () => {
  it("are found at all", () => {
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap(imports).length).toBeGreaterThan(100);
  });
  it("infra knows neither stacks nor api", () => {
    expect(offenders("infra", (name) => /^(stacks|api)\//.test(name))).toEqual([]);
  });
  it("stacks know neither api nor express", () => {
    expect(offenders("stacks", (name) => name.startsWith("api/") || name === "express")).toEqual([]);
  });
  it("api imports no Pulumi", () => {
    expect(offenders("api", (name) => name.startsWith("@pulumi/"))).toEqual([]);
  });
  it("infra (but its set-up) has no HTTP server and no database", () => {
    expect(
      offenders("infra", (name) =>
        ["express", "kysely", "pg", "pg-boss", "@electric-sql/pglite"].includes(name),
      ),
    ).toEqual([]);
  });
  it("a target's SDK is loaded only by that target", () => {
    const sdk = files.filter(
      (file) =>
        imports(file).some((name) => /^@(pulumi\/aws|aws-sdk)\b/.test(name)) &&
        !/^infra\/aws\b/.test(file.path),
    );
    expect(sdk.map(({ path }) => path)).toEqual([]);
  });
});

it("no test draws a seed of its own: fast-check is imported by support/fast-check.ts alone", () => {
  const tests = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const importers = tests.filter(
    (name) =>
      name.endsWith(".ts") &&
      /^import .* from "fast-check";$/m.test(readFileSync(join(ROOT, "test", name), "utf8")),
  );
  expect(importers).toEqual(["support/fast-check.ts"]);
});

describe("form", () => {
  it("the top level has five folders, and nobody leaves another one there", () => {
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const shown = folders.map(({ name }) => name).filter((name) => !/^\.|^node_modules$/.test(name));
    expect(shown.sort()).toEqual(["api", "docs", "infra", "stacks", "test"]);
  });
  it("only api/config/config.ts reads process.env", () => {
    const readers = files.filter(({ text }) => /process\.env\b/.test(text)).map(({ path }) => path);
    const programsOfTheirOwn =
      /^infra\/(toolchain\/(bootstrap\.mjs|stand-ins\/)|aws\/transfer\/program\.mjs|assistant\/plugin\/)/;
    expect(readers.filter((path) => !programsOfTheirOwn.test(path))).toEqual(["api/config/config.ts"]);
  });
  it("there are no default exports, enums or `any`, but for the plugin's one export: OpenClaw wants it so", () => {
    const odd = files.filter(({ text }) =>
      /^export default|^\s*(export )?(const )?enum |: any\b|<any>|as any\b/m.test(text),
    );
    expect(odd.map(({ path }) => path)).toEqual(["infra/assistant/plugin/index.mjs"]);
  });
  it("no file is a drawer for everything", () => {
    const drawers = files.filter(({ path }) =>
      /(utils?|helpers?|manager|service|impl|common|misc)\.ts$/.test(path),
    );
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });
  it("no file is longer than 250 lines", () => {
    const long = files.filter(({ text }) => text.trimEnd().split("\n").length > 250).map(({ path }) => path);
    expect(long).toEqual([]);
  });
});
