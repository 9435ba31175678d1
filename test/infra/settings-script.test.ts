// The settings container's program, run as the container runs it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SETTINGS_SCRIPT } from "../../infra/ecs/settings-script.ts";

const OWNED = { gateway: { mode: "local", port: 18789 }, channels: { telegram: { enabled: true } } };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-settings-"));
  file = join(folder, "openclaw.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeSettings(owned: object): unknown {
  const program = ["--input-type=module", "-e", SETTINGS_SCRIPT];
  execFileSync(process.execPath, [...program, file, JSON.stringify(owned)]);
  return JSON.parse(readFileSync(file, "utf8"));
}

it("writes Berth's keys into an empty state", () => {
  expect(writeSettings(OWNED)).toEqual(OWNED);
  expect(readdirSync(folder)).toEqual(["openclaw.json"]);
});

it("keeps what the customer and the agent have added, and overrules what they changed of Berth's", () => {
  writeFileSync(file, JSON.stringify({ gateway: { mode: "remote", theirs: 1 }, agents: { mine: {} } }));
  expect(writeSettings(OWNED)).toEqual({
    gateway: { mode: "local", port: 18789, theirs: 1 },
    channels: { telegram: { enabled: true } },
    agents: { mine: {} },
  });
});

it("keeps a file that is not JSON beside the new one", () => {
  writeFileSync(file, "// comment\n{");
  expect(writeSettings(OWNED)).toEqual(OWNED);
  const copy = readdirSync(folder).find((name) => name.startsWith("openclaw.json.unreadable-"));
  expect(readFileSync(join(folder, String(copy)), "utf8")).toBe("// comment\n{");
});
