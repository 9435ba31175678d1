// How a stack stands by the files of its backend, and by what a made-up target has of it.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Comparison } from "../../../infra/found.ts";
import { readStack } from "../../../stacks/doctor/look-at-stack.ts";
import { findRenamed, foreignUrns } from "../../../stacks/pulumi/stack-state.ts";
import {
  assertUnlocked,
  examine,
  examineForRemoval,
  idsIn,
  isDead,
  Untouched,
} from "../../../stacks/pulumi/standing.ts";
import { removeState } from "../../../stacks/pulumi/state-files.ts";

const ID = crypto.randomUUID();
const OTHER = crypto.randomUUID();
const AS_IT_SHOULD_BE: Comparison = { foreign: [], lost: [], beside: [], data: "there" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "berth-standing-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a state of its own is one to act on, with all that it says", async () => {
  keep(ID, state(ID, { pending: [{ type: "creating" }] }));
  const { state: read, comparison } = await examine(location(), having(), { isExpected: true });
  expect(read).toMatchObject({ pendingOperations: 1, secrets: { type: "passphrase", salt: "v1:salt" } });
  expect(idsIn(read)).toEqual(new Set([`berth-${ID}`]));
  expect(comparison).toEqual(AS_IT_SHOULD_BE);
  expect(await examineForRemoval(location(), having(), { isExpected: true })).toMatchObject({ state: read });
});

it("no stack is none, where none is expected", async () => {
  expect((await examine(location(), having(), { isExpected: false })).state).toBeUndefined();
});

it.each([
  ["speaks of another stack", state(OTHER), having(), OTHER],
  ["names what is another's", state(ID), having({ foreign: ["network n1, which is X's"] }), "network n1"],
])("one that %s is not acted on, and needed by no removal", async (_what, kept, target, says) => {
  keep(ID, kept);
  expect(await refusal(examine(location(), target, { isExpected: true }))).toMatchObject({
    code: "STATE_DAMAGED",
    message: expect.stringContaining(says),
  });
  expect(await examineForRemoval(location(), target, { isExpected: true })).toBeUndefined();
});

it("one that nobody can read is not acted on; a removal goes on where the target finds its parts", async () => {
  keep(ID, "{");
  expect(await refusal(examine(location(), having(), { isExpected: true }))).toMatchObject({
    code: "STATE_DAMAGED",
  });
  expect(await examineForRemoval(location(), having(), { isExpected: true })).toBeUndefined();
  const unable = having({ data: "unknown" });
  expect(await refusal(examineForRemoval(location(), unable, { isExpected: true }))).toMatchObject({
    code: "STATE_DAMAGED",
  });
});

it.each([
  ["that is a folder", `${ID}.json`, undefined],
  ["whose compressed bytes are damaged", `${ID}.json.gz`, "no gzip"],
])("one %s is there: it is not taken for missing", async (_what, name, text) => {
  const path = join(folder, ".pulumi/stacks/berth", name);
  if (text === undefined) mkdirSync(path, { recursive: true });
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(await refusal(examine(location(), having(), { isExpected: true }))).toMatchObject({
    code: "STATE_DAMAGED",
  });
  expect(await examineForRemoval(location(), having(), { isExpected: true })).toBeUndefined();
  expect(await readStack(folder, ID, [], true)).toMatchObject({
    exists: true,
    damage: expect.stringMatching(/^it can't be read \(/),
  });
  await removeState(folder, ID);
  expect(existsSync(path)).toBe(false);
});

it("a renamed stack is found by its parts; one that another's state was imported into is not taken for it", async () => {
  keep(OTHER, `${state(ID)} berth-${OTHER}`);
  expect(await findRenamed(folder, ID)).toBeUndefined();
  // Pulumi names a stack's first resource by its project, which is called berth, and its name.
  keep("mine", `${state(ID).replaceAll(`urn:pulumi:${ID}`, "urn:pulumi:mine")} berth-mine`);
  expect(await refusal(examine(location(), having(), { isExpected: true }))).toMatchObject({
    code: "STACK_RENAMED",
    message: expect.stringContaining(`pulumi stack rename ${ID} --stack mine`),
  });
  keep(ID, state(ID));
  expect(await findRenamed(folder, ID)).toBeUndefined();
});

it.each([
  ["of another host", { hostname: `not-${hostname()}`, pid: 1 }, ["lost"], true],
  ["of a host whose worker has lost it", { hostname: "lost", pid: 1 }, ["lost"], false],
  ["of one whose worker was lost before another", { hostname: "lost", pid: 1 }, ["lost", "later"], false],
  ["of a process of this host that is no pulumi any more", { hostname: hostname(), pid: 1 }, [], false],
])("a lock %s", async (_whose, owner, lostHosts, isRespected) => {
  const locks = join(folder, ".pulumi/locks/organization/berth", ID);
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(locks, "lock.json"), JSON.stringify({ username: "operator", ...owner }));
  const asserted = assertUnlocked(location(), lostHosts);
  if (!isRespected) return expect(await asserted).toBeUndefined();
  expect(await refusal(asserted)).toMatchObject({
    code: "STACK_LOCKED",
    message: expect.stringContaining("operator@not-"),
  });
});

it("a lock that names no host is nobody's", async () => {
  expect(await isDead({ host: "", pid: 0 }, [])).toBe(true);
});

it("URNs of another project are foreign, too", () => {
  const urns = [`urn:pulumi:${ID}::berth::x::y`, `urn:pulumi:${ID}::other::x::y`];
  expect(foreignUrns({ resources: urns.map((urn) => ({ urn })) }, ID)).toEqual([urns[1]]);
});

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Untouched);
  return (error as Untouched).reason;
}

function having(different: Partial<Comparison> = {}) {
  return { compare: async () => ({ ...AS_IT_SHOULD_BE, ...different }) };
}

function location() {
  return {
    stackName: ID,
    workDir: join(folder, "work"),
    pulumiPath: "/nonexistent/pulumi",
    pulumiVersion: "3.0.0",
    stateFolder: folder,
    attachedPlugins: "",
  };
}

function keep(name: string, text: string): void {
  const stacks = join(folder, ".pulumi/stacks/berth");
  mkdirSync(stacks, { recursive: true });
  writeFileSync(join(stacks, `${name}.json`), text);
}

function state(id: string, { pending = [] as object[] } = {}): string {
  const type = "docker:index/volume:Volume";
  const resources = [{ urn: `urn:pulumi:${id}::berth::${type}::state`, type, id: `berth-${id}` }];
  const secrets_providers = { type: "passphrase", state: { salt: "v1:salt" } };
  const latest = { resources, secrets_providers, pending_operations: pending };
  return JSON.stringify({ version: 3, checkpoint: { stack: `organization/berth/${id}`, latest } });
}
