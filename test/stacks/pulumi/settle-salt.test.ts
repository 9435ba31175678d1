// The salt in a stack's settings, by its files alone: the CLI is asked nothing.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type StackLocation, settleSalt } from "../../../stacks/pulumi/workspace.ts";

const ID = "01940000-0000-7000-8000-000000000001";
const [OWN, FOREIGN] = ["v1:own=:v1:a:b==", "v1:foreign=:v1:c:d=="];

let workDir: string;
let location: StackLocation;
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), "berth-salt-"));
  location = {
    stackName: ID,
    workDir,
    pulumiPath: "/nowhere/pulumi",
    pulumiVersion: "3.259.0",
    stateFolder: undefined,
    attachedPlugins: "",
  };
});
afterEach(() => rmSync(workDir, { recursive: true }));

const file = () => join(workDir, `Pulumi.${ID}.yaml`);
const stateWith = (salt: string) => ({ type: "passphrase", salt });

it.each([
  ["another one than the state", FOREIGN, stateWith(OWN), true, OWN],
  ["that of the state", OWN, stateWith(OWN), false, OWN],
  ["none where the state has one", undefined, stateWith(OWN), false, OWN],
  ["one where there is no state", FOREIGN, undefined, false, undefined],
  ["one where the state has another provider", FOREIGN, { type: "cloud", salt: undefined }, false, FOREIGN],
] as const)("settings that name %s", async (_what, named, secrets, wasChanged, after) => {
  const config = "config:\n  berth:image: x\n";
  writeFileSync(file(), named ? `encryptionsalt: ${named}\n${config}` : config);
  expect(await settleSalt(location, secrets)).toBe(wasChanged);
  const text = readFileSync(file(), "utf8");
  expect(/encryptionsalt: (.*)/.exec(text)?.[1]).toBe(after);
  expect(text).toContain("berth:image: x");
  expect(await settleSalt(location, secrets)).toBe(false);
});
