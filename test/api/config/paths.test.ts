// A path is a path and a URL a URL, whatever characters they have.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";
import { cacheFolder } from "../../../infra/toolchain/cache.ts";
import { PROJECT_ROOT } from "../../../stacks/pulumi/environment.ts";
import { stateFolder } from "../../../stacks/pulumi/state-files.ts";

const FOLDERS = [
  "/srv/My Projects/berth",
  "/home/josé/berth",
  "/home/jose\u0301/berth",
  "/srv/100%/berth",
  "/srv/%41/berth",
  "/srv/a#b/c?d&e=f",
  "/srv/a:b/c;d,e",
  "/srv/'quoted' \"twice\" `thrice` $HOME \\n",
  "/srv/猫/🐱",
];

describe.each(FOLDERS)("a data folder %s", (folder) => {
  it("is where the state is, and its URL has nothing that Pulumi would read otherwise", () => {
    const { dataDir, backendUrl, backups } = readConfig({ BERTH_DATA_DIR: folder }).stacks;
    expect(dataDir).toBe(folder);
    expect(backups.folder).toBe(join(folder, "backups"));
    expect(stateFolder(backendUrl)).toBe(join(folder, "state"));
    expect(backendUrl).toMatch(/^file:\/\/\/[\x21-\x7e]+\?metadata=skip$/);
    expect(backendUrl).not.toContain("#");
    expect(decodeURIComponent(new URL(backendUrl).pathname)).toBe(join(folder, "state"));
  });
});

it.each([
  ["file:///srv/state", "/srv/state"],
  ["file:///srv/My Projects/state", "/srv/My Projects/state"],
  ["file:///srv/My%20Projects/state", "/srv/My Projects/state"],
  ["file:///srv/josé", "/srv/josé"],
  ["file:///srv/100%", "/srv/100%"],
  ["file://~/state", "/home/me/state"],
  ["file://~", "/home/me"],
  ["file://./state", join(PROJECT_ROOT, "state")],
  ["file://state", join(PROJECT_ROOT, "state")],
])("PULUMI_BACKEND_URL=%s is the folder %s", (url, folder) => {
  const { backendUrl } = readConfig({ HOME: "/home/me", PULUMI_BACKEND_URL: url }).stacks;
  expect(stateFolder(backendUrl)).toBe(folder);
  expect(backendUrl).toMatch(/\?metadata=skip$/);
});

it("what a backend's URL asks for is kept", () => {
  const { backendUrl } = readConfig({ PULUMI_BACKEND_URL: "file:///srv/state?metadata=x" }).stacks;
  expect(backendUrl).toBe("file:///srv/state?metadata=x");
  const s3 = "s3://bucket?region=eu-west-1";
  expect(readConfig({ PULUMI_BACKEND_URL: s3 }).stacks.backendUrl).toBe(s3);
});

it.each([
  [
    { BERTH_DATA_DIR: "/srv/a\nb" },
    "BERTH_DATA_DIR: must be a path of visible characters in UTF-8; it has U+000A at place 7",
  ],
  [
    { BERTH_BACKUP_DIR: "/srv/\ufffd" },
    "BERTH_BACKUP_DIR: must be a path of visible characters in UTF-8; it has U+FFFD at place 6",
  ],
  [{ PULUMI_BACKEND_URL: "file:///srv/a#b" }, "PULUMI_BACKEND_URL: must not have a #"],
  ...["https://x.example/b?x=1", "https://x.example/#f", "https://x.example?", "https://me:pw@x.example"].map(
    (url) => [{ BERTH_PUBLIC_URL: url }, "BERTH_PUBLIC_URL: must have no user, password, query or fragment"],
  ),
  [{ BERTH_GATEWAY_URL: "https://x.example/?a" }, "BERTH_GATEWAY_URL: must have no user, password, query"],
] as [Record<string, string>, string][])("%j is refused by name", (environment, message) => {
  expect(() => readConfig(environment)).toThrow(message);
});

it("a cache that PATH can't hold is refused by name", async () => {
  const base = mkdtempSync(join(tmpdir(), "berth-cache-"));
  try {
    await expect(cacheFolder({ XDG_CACHE_HOME: join(base, "a:b") })).rejects.toThrow("XDG_CACHE_HOME");
    expect(await cacheFolder({ XDG_CACHE_HOME: join(base, "a b") })).toBe(join(base, "a b/berth"));
  } finally {
    rmSync(base, { recursive: true });
  }
});
