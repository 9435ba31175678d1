// `npm run -s berth -- keys …`, as an operator runs it beside a running server.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { durationSeconds } from "../../../api/commands/keys.ts";
import { callWith } from "../../support/accounts.ts";
import { startTestBerth, type TestBerth } from "../../support/berth.ts";
import { readBlock } from "../../support/pages.ts";

const BERTH = fileURLToPath(new URL("../../../api/berth.ts", import.meta.url));

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(21, { BERTH_ROLE: "api" });
});
afterAll(() => berth.close());

it("creates, lists, rotates and revokes", async () => {
  const apiKey = await keys(
    "create",
    "--account",
    "acme",
    "--name",
    "ci",
    "--scopes",
    "read",
    "--expires",
    "90d",
  );
  expect(apiKey).toMatch(/^brt_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
  expect((await callWith(berth, { apiKey })("GET", "")).status).toBe(200);
  expect((await callWith(berth, { apiKey })("POST", "purchase", { apiMode: "byok" })).status).toBe(403);
  const id = apiKey.split("_")[1] ?? "";

  const list = await keys("list", "--account", "acme");
  expect(list).toMatch(new RegExp(`^${id}  acme  ci  read  works until .*  used `));
  expect(list).not.toContain(apiKey);

  const successor = await keys("rotate", id, "--overlap", "1h");
  for (const key of [apiKey, successor])
    expect((await callWith(berth, { apiKey: key })("GET", "")).status).toBe(200);

  expect(await keys("revoke", id)).toBe(`Revoked ${id}.`);
  expect((await callWith(berth, { apiKey })("GET", "")).status).toBe(401);
  expect((await callWith(berth, { apiKey: successor })("GET", "")).status).toBe(200);
});

it("carries out the commands of docs/operating.md", async () => {
  const { commands } = readBlock("docs/operating.md", "keys create");
  const argumentsOf = (command: string, id: string) =>
    command.replace("npm run -s berth -- keys ", "").replace("<keyId>", id).split(" ");
  const [create = "", list = "", rotate = "", revoke = ""] = commands;
  const apiKey = await keys(...argumentsOf(create, ""));
  const id = apiKey.split("_")[1] ?? "";
  expect(await keys(...argumentsOf(list, id))).toContain(id);
  expect(await keys(...argumentsOf(rotate, id))).toMatch(/^brt_/);
  expect(await keys(...argumentsOf(revoke, id))).toBe(`Revoked ${id}.`);
  expect(commands).toHaveLength(4);
});

it("says what is wrong, and fails", async () => {
  await expect(keys("revoke", "0000000000000000")).rejects.toThrow("There is no key with this id.");
  await expect(keys("create", "--account", "no spaces")).rejects.toThrow("account: must be");
  await expect(keys("create", "--expires", "soon")).rejects.toThrow('"soon" is no duration');
  await expect(keys()).rejects.toThrow("create [options]");
});

describe("a duration", () => {
  it.each([
    ["90d", 7_776_000],
    ["24h", 86_400],
    ["30m", 1_800],
    ["10s", 10],
    ["0", 0],
  ])("%s is %i seconds", (text, seconds) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  it.each(["", "5", "-1d", "1w", "1.5h"])("is not %j", (text) => {
    expect(() => durationSeconds(text)).toThrow("no duration");
  });
});

async function keys(...args: string[]): Promise<string> {
  const env = { ...berth.environment, PORT: new URL(berth.url).port };
  const { stdout } = await promisify(execFile)(process.execPath, [BERTH, "keys", ...args], { env });
  return stdout.trim();
}
