// The settings container's program, run as the container runs it.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SETTINGS_PROGRAM } from "../../../infra/aws/program-text.ts";

const OWNED = { gateway: { mode: "local", port: 18789 }, channels: { telegram: { enabled: true } } };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-settings-"));
  file = join(folder, "openclaw.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** In a folder from which json5 can be resolved, as in OpenClaw's image, or not. */
function writeSettings(owned: object, refused?: string, cwd: string | undefined = folder): unknown {
  const program = ["--input-type=module", "-e", SETTINGS_PROGRAM];
  const more = refused === undefined ? [] : [refused];
  execFileSync(process.execPath, [...program, file, JSON.stringify(owned), ...more], { cwd });
  return JSON.parse(readFileSync(file, "utf8"));
}

function setAside(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("openclaw.json.unreadable-"));
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
  const [copy] = setAside();
  expect(readFileSync(join(folder, String(copy)), "utf8")).toBe("// comment\n{");
});

it("reads JSON5 where the image has OpenClaw's json5, and does not write it anew without need", () => {
  const withJson5 = new URL("../../..", import.meta.url).pathname;
  writeFileSync(file, "// mine\n{mine: [1,], gateway: {mode: 'remote'}}");
  expect(writeSettings(OWNED, undefined, withJson5)).toEqual({ mine: [1], ...OWNED });
  const commented = "// mine\n{gateway: {mode: 'local'}}";
  writeFileSync(file, commented);
  expect(() => writeSettings({ gateway: { mode: "local" } }, undefined, withJson5)).toThrow(SyntaxError);
  expect(readFileSync(file, "utf8"), "JSON alone can't read it: it is as it was").toBe(commented);
  expect(setAside()).toEqual([]);
});

it("takes the last settings that were accepted for what can't be read", () => {
  writeFileSync(file, "{broken");
  writeFileSync(`${file}.last-good`, JSON.stringify({ mine: 1 }));
  expect(writeSettings(OWNED)).toEqual({ mine: 1, ...OWNED });
  expect(setAside()).toHaveLength(1);
});

it("sets aside what the assistant has refused, once, however often the task starts", () => {
  writeFileSync(file, '{"flux": 1}');
  writeFileSync(`${file}.last-good`, JSON.stringify({ mine: 1 }));
  expect(writeSettings(OWNED)).toEqual({ flux: 1, ...OWNED });
  expect(writeSettings(OWNED, "operation-1")).toEqual({ mine: 1, ...OWNED });
  writeFileSync(file, '{"since": 1}');
  expect(writeSettings(OWNED, "operation-1")).toEqual({ since: 1, ...OWNED });
  expect(setAside()).toEqual(["openclaw.json.unreadable-operation-1"]);
  expect(writeSettings(OWNED, "operation-2")).toEqual({ mine: 1, ...OWNED });
  expect(setAside()).toHaveLength(2);
});

it("sets a folder aside with what it holds, and neither reads nor writes through a link", () => {
  mkdirSync(file);
  writeFileSync(join(file, "precious"), "");
  expect(writeSettings(OWNED)).toEqual(OWNED);
  expect(existsSync(join(folder, String(setAside()[0]), "precious"))).toBe(true);
  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, '{"secret": 1}');
  for (const name of [file, `${file}.new`]) {
    rmSync(name, { force: true });
    symlinkSync(elsewhere, name);
    expect(writeSettings(OWNED)).toEqual(OWNED);
    expect(readFileSync(elsewhere, "utf8")).toBe('{"secret": 1}');
  }
  expect(lstatSync(file).isFile()).toBe(true);
});
