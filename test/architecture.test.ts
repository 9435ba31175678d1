// The rules of the layout, checked on the source itself: api → stacks → infra, never back; inside each of them from its
// upper floors to its lower ones.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["api", "stacks", "infra"] as const;
const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|mjs)$/.test(name))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(ROOT, folder, name), "utf8") })),
);

/** Lowest first. A room is a folder of api, stacks or infra with all that is in it, or a file beside the folders. */
const FLOORS: readonly (readonly string[])[] = [
  ["infra/args.ts", "infra/not-public.ts", "infra/sentences.ts", "infra/pace"],
  ["infra/assistant"],
  ["infra/gateway"],
  ["infra/found.ts"],
  ["infra/insight.ts"],
  ["infra/target.ts"],
  ["infra/target-row.ts"],
  ["infra/toolchain"],
  ["infra/backups"],
  ["infra/docker", "infra/aws", "infra/kubernetes"],
  ["infra/targets.ts"],
  ["infra/program.ts"],
  ["infra/index.ts"],
  [
    "stacks/errors.ts",
    "stacks/secret.ts",
    "stacks/async.ts",
    "stacks/clock.ts",
    "stacks/data-folder.ts",
    "stacks/causes.ts",
  ],
  ["stacks/tracing"],
  ["stacks/lifecycle.ts", "stacks/settings.ts"],
  ["stacks/database"],
  ["stacks/accounts", "stacks/deployments"],
  ["stacks/callbacks"],
  ["stacks/usage", "stacks/model-servers"],
  ["stacks/keys"],
  ["stacks/operations"],
  ["stacks/backups", "stacks/payments"],
  ["stacks/pulumi"],
  ["stacks/worker"],
  ["stacks/watch", "stacks/rehearsal"],
  ["stacks/doctor", "stacks/installation.ts"],
  ["api/web"],
  ["api/config"],
  ["api/contract"],
  ["api/middleware", "api/web-build.ts"],
  ["api/routes", "api/commands", "api/http-server.ts", "api/uncaught.ts", "api/model-gateway.ts"],
  ["api/app.ts", "api/prepare.ts"],
  ["api/server.ts"],
  ["api/main.ts", "api/berth.ts"],
];
/** By `npm run client`. */
const GENERATED = "api/web/api/types.ts";
const MOST_BESIDE_THE_ROOMS = 10;

/**
 * Who imports a target's code from outside of infra/targets.ts and of paths that name the target. What is about one
 * machine's Docker, or about one account of AWS, is in these lists. They may only become shorter.
 */
const KNOW_A_TARGET = {
  docker: ["api/commands/doctor.ts", "api/commands/host.ts", "api/commands/image.ts", "api/main.ts"],
  aws: ["api/commands/doctor.ts"],
  kubernetes: [],
} as const;

/** Modules that a file imports, relative ones as paths from the root. */
function imports({ path, text }: { path: string; text: string }): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
  return found.map((name) => (name.startsWith(".") ? relative(ROOT, join(ROOT, path, "..", name)) : name));
}

function room(path: string): string {
  const [floor, ...inside] = path.split("/");
  return inside.length > 1 ? `${floor}/${inside[0]}` : path;
}

function heightOf(path: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room(path)));
}

/** Files of the three folders that a file imports. */
function importedFiles(file: { path: string; text: string }): string[] {
  const known = new Set(files.map(({ path }) => path));
  return imports(file).filter((name) => known.has(name));
}

/** A way from a file back to itself. */
function findCircle(path: string): readonly string[] | undefined {
  const seen = new Set<string>();
  const ways: string[][] = [[path]];
  for (let way = ways.pop(); way; way = ways.pop()) {
    for (const next of FILES_IMPORTED.get(way.at(-1) ?? "") ?? []) {
      if (next === path) return [...way, next];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

const FILES_IMPORTED: ReadonlyMap<string, readonly string[]> = new Map(
  files.map((file) => [file.path, importedFiles(file)]),
);

const REGEX =
  /[=(,:[!&|?{]\s*\/(?![*/])((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/[dgimsuvy]*(?=[\s.,;)\]}]|$)/gm;
const MATCHED_STRING = /\.(?:includes|startsWith|endsWith|indexOf|search|match)\(\s*["'`]([^"'`\n]*)["'`]/g;

/** Whether a program matches texts against words of a sentence: two words of it, one after the other. */
function matchesWords(text: string): boolean {
  const code = text.replace(/(^|\s)\/\/.*$/gm, "").replace(/\/\*[\s\S]*?\*\//g, "");
  const matched = [...code.matchAll(REGEX), ...code.matchAll(MATCHED_STRING)].map(
    ([, source = ""]) => source,
  );
  return matched.some((source) => /(?<!\\)[A-Za-z]{2,} [A-Za-z]{2,}/.test(source));
}

const ENVIRONMENT = [
  /\bprocess\??\.env\b/,
  /\bprocess\s*\[\s*["'`]env/,
  /\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/,
  /\{[^{}]*\benv\b[^{}]*\}\s*from "(node:)?process"/,
];

/** Whether a program reads the environment, by whatever name. */
function readsEnvironment(text: string): boolean {
  return ENVIRONMENT.some((pattern) => pattern.test(text));
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
  it("go to a lower floor, or stay in their room", () => {
    const odd = files.flatMap(({ path }) =>
      (FILES_IMPORTED.get(path) ?? [])
        .filter((imported) => room(imported) !== room(path) && heightOf(imported) >= heightOf(path))
        .map((imported) => `${path} imports ${imported}`),
    );
    expect(odd).toEqual([]);
  });
  it("go round in no circle, those of types and those that wait included", () => {
    const circles = files.flatMap(({ path }) => findCircle(path)?.join(" → ") ?? []);
    expect(circles).toEqual([]);
  });
  it.each(Object.entries(KNOW_A_TARGET))("from %s's folder are made by few others", (target, known) => {
    const named = new RegExp(`(^|[/-])${target}([/.-]|$)`);
    const others = files
      .map(({ path }) => path)
      .filter((path) => path !== "infra/targets.ts" && !named.test(path))
      .filter((path) => FILES_IMPORTED.get(path)?.some((name) => name.startsWith(`infra/${target}/`)));
    expect(others.toSorted()).toEqual(known.toSorted());
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
  it("of stacks only stacks/pulumi drives Pulumi", () => {
    const driving = offenders("stacks", (name) => name.startsWith("@pulumi/"));
    expect(driving.filter((sentence) => !sentence.startsWith("stacks/pulumi/"))).toEqual([]);
  });
  it("infra (but its set-up) has no HTTP server and no database", () => {
    expect(
      offenders("infra", (name) =>
        ["express", "kysely", "pg", "pg-boss", "@electric-sql/pglite"].includes(name),
      ),
    ).toEqual([]);
  });
  it("a target's SDK is loaded only by that target", () => {
    const strangers = (ofTarget: RegExp, folder: string) =>
      files
        .filter((file) => imports(file).some((name) => ofTarget.test(name)))
        .map(({ path }) => path)
        .filter((path) => !path.startsWith(folder));
    expect(strangers(/^@(pulumi\/aws|aws-sdk)\b/, "infra/aws/")).toEqual([]);
    expect(strangers(/^@(pulumi\/kubernetes|kubernetes)\b/, "infra/kubernetes/")).toEqual([]);
  });
});

describe("the spine of one activate, as docs/architecture.md lists it", () => {
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const [list = ""] = (page.split("## One activate\n")[1] ?? "").split("\n## ");
  const spine = [...list.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path = ""]) => path);
  const textOf = (path: string) => files.find((file) => file.path === path)?.text ?? "";

  it("has at most 14 files, none of them twice, from the app to the end of the operation", () => {
    expect([spine[0], spine.at(-1)]).toEqual(["api/app.ts", "stacks/worker/settle.ts"]);
    expect(spine.length).toBeGreaterThan(10);
    expect(spine.length).toBeLessThanOrEqual(14);
    expect(new Set(spine).size).toBe(spine.length);
    expect(spine.filter((path) => !FILES_IMPORTED.has(path))).toEqual([]);
  });
  it("leads from each file to the next by an import, but for the queue, the child process and the table of targets", () => {
    const unled = spine.slice(1).filter((path, at) => !FILES_IMPORTED.get(spine[at] ?? "")?.includes(path));
    expect(unled).toEqual([
      "stacks/worker/worker.ts",
      "stacks/worker/operation-process.ts",
      "stacks/pulumi/run-operation.ts",
      "infra/docker/stack.ts",
      "stacks/worker/settle.ts",
    ]);
    expect(textOf("stacks/operations/enqueue.ts")).toMatch(/boss\.send\(QUEUE/);
    expect(textOf("stacks/worker/worker.ts")).toMatch(/boss\.work<.*>\(\s*QUEUE/);
    expect(textOf("stacks/worker/operation-process.ts")).toContain('"../pulumi/run-operation.ts"');
    expect(FILES_IMPORTED.get("infra/program.ts")).toContain("infra/targets.ts");
    expect(FILES_IMPORTED.get("infra/targets.ts")).toContain("infra/docker/stack.ts");
    expect(FILES_IMPORTED.get("stacks/worker/attempt.ts")).toContain("stacks/worker/step-runner.ts");
    expect(FILES_IMPORTED.get("stacks/worker/step-runner.ts")).toContain(
      "stacks/worker/operation-process.ts",
    );
    expect(FILES_IMPORTED.get("stacks/worker/worker.ts")).toContain("stacks/worker/settle.ts");
  });
  it("is never walked upwards", () => {
    const upwards = spine.flatMap((path, at) =>
      spine.slice(0, at).filter((earlier) => FILES_IMPORTED.get(path)?.includes(earlier)),
    );
    expect(upwards).toEqual([]);
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

it("no path is taken from a URL as it is written there: a clone may lie in a folder with a space or an accent", () => {
  const all = [...FOLDERS, "test"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !name.includes("node_modules"))
      .map((name) => join(folder, name)),
  );
  const taken = /import\.meta\.url,?\s*\)\s*\.pathname/;
  expect(all.length).toBeGreaterThan(1_000);
  expect(all.filter((path) => taken.test(readFileSync(join(ROOT, path), "utf8")))).toEqual([]);
});

describe("form", () => {
  it("the top level has five folders, and nobody leaves another one there", () => {
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const shown = folders.map(({ name }) => name).filter((name) => !/^\.|^node_modules$/.test(name));
    expect(shown.sort()).toEqual(["api", "docs", "infra", "stacks", "test"]);
  });
  it("every file has a room, and every room a floor", () => {
    const homeless = files.map(({ path }) => path).filter((path) => heightOf(path) === -1);
    expect(homeless).toEqual([]);
    const rooms = new Set(files.map(({ path }) => room(path)));
    expect(FLOORS.flat().filter((name) => !rooms.has(name))).toEqual([]);
  });
  it("docs/architecture.md shows every room", () => {
    const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    const [, picture = ""] = page.split("```");
    const shown = new Set(picture.match(/[\w.-]+(\.ts|\/)/g));
    const rooms = FLOORS.flat().map((name) => name.replace(/^\w+\//, "").replace(/^[^.]+$/, "$&/"));
    expect(rooms.filter((name) => !shown.has(name))).toEqual([]);
    expect([...shown].filter((name) => !rooms.includes(name))).toEqual([]);
  });
  it("programs that stacks' states name by their paths stay where they are", () => {
    const named = files.flatMap(({ text }) =>
      [...text.matchAll(/\$BERTH_HOME\/([\w./-]+)/g)].map(([, path]) => path),
    );
    expect(named.toSorted()).toEqual([
      "infra/aws/commands/erase.ts",
      "infra/aws/commands/settled.ts",
      "infra/docker/commands/probe.ts",
      "infra/docker/commands/write-settings.ts",
      "infra/kubernetes/commands/apply-settings.ts",
      "infra/kubernetes/commands/settled.ts",
    ]);
    const known = new Set(files.map(({ path }) => path));
    expect(named.filter((path) => !known.has(path ?? ""))).toEqual([]);
  });
  it.each(FOLDERS)("few files lie beside the rooms of %s", (folder) => {
    const loose = files.filter(({ path }) => new RegExp(`^${folder}/[^/]+$`).test(path));
    expect(loose.length).toBeLessThanOrEqual(MOST_BESIDE_THE_ROOMS);
  });
  it("two files of api and stacks know Pulumi's, Docker's and AWS's texts", () => {
    const readers = files.filter(({ path, text }) => !path.startsWith("infra/") && matchesWords(text));
    expect(readers.map(({ path }) => path)).toEqual([
      "stacks/pulumi/error-texts.ts",
      "stacks/pulumi/known-texts.ts",
    ]);
  });
  it("infra matches words of AWS in its folder, and others in these files alone", () => {
    const readers = files.filter(({ path, text }) => path.startsWith("infra/") && matchesWords(text));
    expect(readers.map(({ path }) => path).toSorted()).toEqual([
      "infra/assistant/plugin/limit-text.mjs",
      "infra/assistant/plugin/pairing-text.mjs",
      "infra/aws/error-texts.ts",
      "infra/aws/stopped-reason.ts",
      "infra/aws/transfer/program.mjs",
      "infra/docker/host-rules/engine-place.ts",
      "infra/docker/images/registry-login.ts",
      "infra/kubernetes/error-texts.ts",
      "infra/toolchain/stand-ins/docker.ts",
    ]);
    const awsReaders = files.filter(({ text }) => /AccessDenied|CannotPull|LimitExceeded|vCPUs/.test(text));
    expect(awsReaders.map(({ path }) => path).filter((path) => !path.startsWith("infra/aws/"))).toEqual([]);
  });
  it.each([
    ["if (/currently locked by/i.test(text)) return [];", true],
    ["const KNOWN = { pattern: /no such image|manifest unknown/ };", true],
    ['if (error.message.includes("is already allocated")) return;', true],
    ["if (/^[a-z]+$/.test(text)) return; // a text / with words / in a comment", false],
    ['const url = "https://example.org/a b/c d/e";', false],
  ])("a line that matches words of a text is known: %s", (line, isReader) => {
    expect(matchesWords(line)).toBe(isReader);
  });
  it("no wait is counted by the wall clock, which may jump", () => {
    const counted = /(?:deadline|startedAt|heardAt|since) \??\??= Date\.now\(\)|Date\.now\(\) [<>] deadline/;
    expect(files.filter(({ text }) => counted.test(text)).map(({ path }) => path)).toEqual([]);
  });
  it("only api/config/config.ts reads the environment", () => {
    const readers = files.filter(({ text }) => readsEnvironment(text)).map(({ path }) => path);
    const programsOfTheirOwn =
      /^infra\/(toolchain\/((bootstrap|npm)\.mjs|stand-ins\/|resident\/)|aws\/transfer\/program\.mjs|assistant\/plugin\/)/;
    expect(readers.filter((path) => !programsOfTheirOwn.test(path))).toEqual(["api/config/config.ts"]);
  });
  it.each([
    "const { PATH } = process.env;",
    'read(process["env"]);',
    "const { argv, env } = process;",
    'import { env } from "node:process";',
  ])("a line that reads the environment is known: %s", (line) => {
    expect(readsEnvironment(line)).toBe(true);
  });
  it("there are no default exports, enums or `any`, but for the one export that OpenClaw or Vite wants so", () => {
    const odd = files.filter(({ text }) =>
      /^export default|^\s*(export )?(const )?enum |: any\b|<any>|as any\b/m.test(text),
    );
    expect(odd.map(({ path }) => path)).toEqual([
      "api/web/vite.config.ts",
      "infra/assistant/plugin/index.mjs",
    ]);
  });
  it("no file is a drawer for everything", () => {
    const drawers = files.filter(({ path }) =>
      /(utils?|helpers?|manager|service|impl|common|misc)\.ts$/.test(path),
    );
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });
  it("no file is longer than 250 lines", () => {
    const long = files.filter(({ text }) => text.trimEnd().split("\n").length > 250).map(({ path }) => path);
    expect(long.filter((path) => path !== GENERATED)).toEqual([]);
  });
});
