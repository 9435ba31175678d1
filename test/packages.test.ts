// Which npm packages the code may count on. A server is installed without those for development, and one whose target
// is Docker without the optional ones.
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BUILT_OF } from "../api/web-build.ts";
import { OPENCLAW_VERSION } from "../infra/assistant/openclaw.ts";
import manifest from "../package.json" with { type: "json" };
import lockfile from "../package-lock.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LOCKFILES = [
  "package-lock.json",
  "infra/toolchain/node/package-lock.json",
  "infra/docker/images/openclaw/package-lock.json",
];
/** What Node starts on a server, or a container's stack does. */
const PROGRAMS = [
  "api/main.ts",
  "api/berth.ts",
  "stacks/pulumi/run-operation.ts",
  "infra/index.ts",
  "infra/docker/stack.ts",
  "infra/docker/target.ts",
  "infra/docker/commands/probe.ts",
  "infra/docker/commands/write-settings.ts",
  "infra/toolchain/stand-ins/command-plugin.ts",
  "infra/toolchain/stand-ins/docker-plugin.ts",
  "infra/toolchain/stand-ins/language-host.ts",
];
/** Imported statically: what Node loads before the first line runs. */
const STATIC = /^(?:import\s*|(?:import|export)\s[\w*{},$\s]*?\bfrom\s*)"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

function codeOf(path: string): string {
  const text = readFileSync(join(ROOT, path), "utf8");
  return path.endsWith(".ts") ? stripTypeScriptTypes(text) : text;
}

function found(path: string, ...patterns: readonly RegExp[]): string[] {
  const code = codeOf(path);
  const names = patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([, name]) => name ?? ""));
  return names.map((name) => (name.startsWith(".") ? relative(ROOT, join(ROOT, path, "..", name)) : name));
}

/** `@aws-sdk/core` of `@aws-sdk/core/client`; undefined of a file and of a part of Node. */
function packageOf(name: string): string | undefined {
  if (isFile(name) || /^(node|data):/.test(name)) return undefined;
  return /^(@[^/]+\/)?[^/]+/.exec(name)?.[0];
}

function isFile(name: string): boolean {
  return /^(api|stacks|infra)\/|^package\.json$/.test(name);
}

/** The files and packages that are loaded with a program, with the way to each. */
function loadedWith(program: string): Map<string, string> {
  const ways = new Map([[program, program]]);
  for (const [name, way] of ways) {
    if (!/\.(ts|mjs)$/.test(name)) continue;
    for (const next of found(name, STATIC)) if (!ways.has(next)) ways.set(next, `${way} → ${next}`);
  }
  return ways;
}

/** But for the plugin, which runs inside OpenClaw. */
const SOURCES = ["api", "stacks", "infra"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !/node_modules\/|^assistant\/plugin\/|^web\//.test(name))
    .map((name) => join(folder, name)),
);
const DASHBOARD = readdirSync(join(ROOT, "api/web"), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => join("api/web", name));
const OPTIONAL = new Set(Object.keys(manifest.optionalDependencies));
const ALWAYS = new Set(Object.keys(manifest.dependencies));

describe("packages", () => {
  it.each(PROGRAMS)("%s starts without those of AWS and Kubernetes and those for development", (program) => {
    const loaded = loadedWith(program);
    const odd = [...loaded].filter(([name]) => !ALWAYS.has(packageOf(name) ?? name) && !isFile(name));
    expect(odd.filter(([name]) => !name.startsWith("node:")).map(([, way]) => way)).toEqual([]);
    expect(loaded.size).toBeGreaterThan(3);
  });
  it("are seen where they are imported: AWS's and Kubernetes' by their watchers, zod by the server", () => {
    expect([...loadedWith("stacks/watch/kubernetes/watch.ts").keys()]).toContain("@kubernetes/client-node");
    expect([...loadedWith("stacks/watch/aws/watch.ts").keys()]).toContain("@aws-sdk/client-ecs");
    expect([...loadedWith("api/main.ts").keys()]).toEqual(expect.arrayContaining(["zod", "pg-boss"]));
  });
  it("of the dashboard are those that its source imports, and Vite; a server has none of them", () => {
    const imported = DASHBOARD.flatMap((path) =>
      found(path, STATIC, DYNAMIC).flatMap((name) => packageOf(name) ?? []),
    );
    // By recharts @mantine/charts draws.
    expect([...new Set([...imported, "recharts", "vite"])].sort()).toEqual([...BUILT_OF]);
    const forTests = Object.keys(manifest.devDependencies);
    expect(BUILT_OF.filter((name) => ALWAYS.has(name) || !forTests.includes(name))).toEqual([]);
  });
  it("are in package.json, those that a server loads later too", () => {
    const odd = SOURCES.flatMap((path) =>
      found(path, STATIC, DYNAMIC)
        .filter((name) => packageOf(name) !== undefined)
        .filter((name) => !ALWAYS.has(packageOf(name) ?? "") && !OPTIONAL.has(packageOf(name) ?? ""))
        .map((name) => `${path} imports ${name}`),
    );
    expect(odd).toEqual([]);
  });
  it("are optional if they are AWS's or Kubernetes', and only then", () => {
    const isOfOne = (name: string) => /^@(aws-sdk\/|kubernetes\/|pulumi\/(aws|kubernetes)$)/.test(name);
    expect([...OPTIONAL].filter((name) => !isOfOne(name))).toEqual([]);
    expect([...ALWAYS].filter(isOfOne)).toEqual([]);
  });
  it("don't include Node: a machine whose own is new enough downloads none", () => {
    expect(Object.keys(lockfile.packages).filter((path) => path.endsWith("node_modules/node"))).toEqual([]);
  });
  it("report no installation to anybody", () => {
    expect(manifest.scarfSettings).toEqual({ enabled: false });
  });
  it("come from whatever registry npm is set to", () => {
    expect(LOCKFILES.filter((path) => readFileSync(join(ROOT, path), "utf8").includes('"resolved"'))).toEqual(
      [],
    );
  });
  it.each(LOCKFILES)("are taken by the checksums in %s alone", (path) => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, path), "utf8")) as {
      packages: Record<string, { integrity?: string; inBundle?: boolean }>;
    };
    const unchecked = Object.entries(packages).filter(
      ([name, one]) => name && !one.integrity && !one.inBundle,
    );
    expect(unchecked.map(([name]) => name)).toEqual([]);
  });
  it("have OpenClaw in the version of the default image", () => {
    const { dependencies } = JSON.parse(
      readFileSync(join(ROOT, "infra/docker/images/openclaw/package.json"), "utf8"),
    );
    expect(dependencies).toEqual({ openclaw: OPENCLAW_VERSION });
  });
});
