// The settings container's program, run as the container runs it.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SETTINGS_PROGRAM } from "../../../infra/assistant/program-text.ts";

const OWNED = { gateway: { mode: "local", port: 18789 }, channels: { telegram: { enabled: true } } };
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-settings-"));
  file = join(folder, "openclaw.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeSettings(owned: object, refused?: string): unknown {
  run(owned, refused);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Where none of Berth's files are. Returns what it has printed. */
function run(owned: object, refused?: string): string {
  const program = ["--input-type=module", "-e", SETTINGS_PROGRAM];
  const more = refused === undefined ? [] : [refused];
  const command = [...program, file, JSON.stringify(owned), ...more];
  return execFileSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
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

it("changes Berth's keys alone: comments, long numbers, line ends and bytes that are no UTF-8 stay", () => {
  const text =
    '\ufeff{ // mine\r\n\tid: 123456789012345678, "caf\xe9": 1,\r\n\tgateway: {port: 1,},\r\n}\r\n';
  const bytes = Buffer.concat(text.split("\xe9").flatMap((piece) => [Buffer.from(piece), Buffer.of(0xe9)]));
  writeFileSync(file, bytes.subarray(0, -1));
  expect(run({ gateway: { port: 2 } })).toBe("");
  expect(readFileSync(file, "latin1")).toBe(
    bytes.subarray(0, -1).toString("latin1").replace("port: 1", "port: 2"),
  );
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

it("sets a folder aside with what it holds", () => {
  mkdirSync(file);
  writeFileSync(join(file, "precious"), "");
  expect(run(OWNED)).toMatch(
    /^berth-remark {"code":"SETTINGS_SET_ASIDE","message":".* is kept as openclaw.json.unreadable-\d+ /,
  );
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(OWNED);
  expect(existsSync(join(folder, String(setAside()[0]), "precious"))).toBe(true);
});

it("follows a link to another file of the state, which stays one", () => {
  mkdirSync(join(folder, "conf"));
  symlinkSync("conf", join(folder, "alias"));
  const real = join(folder, "conf", "real.json");
  writeFileSync(real, "{mine: 123456789012345678}");
  symlinkSync("alias/real.json", file);
  run({ a: 1 });
  expect(readFileSync(real, "utf8")).toBe('{mine: 123456789012345678, "a": 1}');
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  writeFileSync(real, "garbage{");
  expect(writeSettings(OWNED)).toEqual(OWNED);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, String(setAside()[0])), "utf8")).toBe("garbage{");
});

it("sets aside a link that leads out of the state, to a folder or nowhere, and neither reads nor writes through it", () => {
  const outside = mkdtempSync(join(tmpdir(), "berth-outside-"));
  writeFileSync(join(outside, "file"), '{"secret": 1}');
  for (const [index, target] of [join(outside, "file"), "conf", "nowhere"].entries()) {
    mkdirSync(join(folder, "conf"), { recursive: true });
    rmSync(file, { force: true });
    symlinkSync(target, file);
    expect(writeSettings(OWNED)).toEqual(OWNED);
    expect(lstatSync(file).isFile()).toBe(true);
    expect(setAside().map((name) => readlinkSync(join(folder, name)))).toHaveLength(index + 1);
  }
  symlinkSync(join(outside, "file"), `${file}.new`);
  expect(writeSettings({ ...OWNED, more: 1 })).toEqual({ ...OWNED, more: 1 });
  expect(readFileSync(join(outside, "file"), "utf8")).toBe('{"secret": 1}');
  rmSync(outside, { recursive: true });
});
