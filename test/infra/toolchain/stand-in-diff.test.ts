// What counts as a change, without an engine: the same in other words is none, and nothing else is overlooked.
import { describe, expect, it } from "vitest";
import { createBody } from "../../../infra/toolchain/stand-ins/container-body.ts";
import { CONTAINER_SCHEMA } from "../../../infra/toolchain/stand-ins/container-schema.ts";
import { diffInputs } from "../../../infra/toolchain/stand-ins/diff.ts";
import { checkInputs } from "../../../infra/toolchain/stand-ins/schema.ts";
import { fc } from "../../support/fast-check.ts";

const checked = (inputs: object) =>
  checkInputs(CONTAINER_SCHEMA, { name: "n", image: "i", ...inputs }).inputs;
const diff = (old: object, news: object, found: object = {}) =>
  diffInputs(CONTAINER_SCHEMA, { inputs: checked(old), outputs: { ...found } }, checked(news));
const NONE = { diffs: [], replaces: [] };

describe("no change", () => {
  it.each([
    ["unset, null and empty", { envs: [], hostname: "" }, { envs: null }],
    ["a default and the same, given", {}, { mustRun: true, restart: "no", networkMode: "bridge" }],
    ["zero and unset", { readOnly: false, destroyGraceSeconds: 0 }, {}],
    [
      "a nested default and the same, given",
      { ports: [{ internal: 1 }] },
      { ports: [{ internal: 1, protocol: "tcp" }] },
    ],
    ["keys in another order", { logOpts: { a: "1", b: "2" } }, { logOpts: { b: "2", a: "1" } }],
  ])("%s", (_what, old, news) => {
    expect(diff(old, news)).toEqual(NONE);
    expect(diff(news, old)).toEqual(NONE);
  });

  it("lists that mean sets, in any order", () => {
    const sets = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(sets, (envs) => {
        const volumes = envs.map((name) => ({ containerPath: `/${name}`, volumeName: name }));
        const turned = { envs: [...envs].reverse(), volumes: [...volumes].reverse() };
        expect(diff({ envs, volumes }, turned)).toEqual(NONE);
      }),
    );
  });
});

describe("what was changed by hand", () => {
  it.each([
    ["cpus", { cpus: "0.5" }, { cpus: "2" }, ["cpus"]],
    ["memorySwap", { memorySwap: 128 }, { memorySwap: -1 }, []],
  ])("%s", (name, asked, found, replaces) => {
    expect(diff(asked, asked, asked)).toEqual(NONE);
    expect(diff(asked, asked, found)).toEqual({ diffs: [name], replaces });
  });
});

describe("a change", () => {
  it("the order of a command's words", () => {
    expect(diff({ command: ["a", "b"] }, { command: ["b", "a"] })).toEqual({
      diffs: ["command"],
      replaces: ["command"],
    });
  });
  it("an empty value in a map is not a missing one", () => {
    expect(diff({ logOpts: { a: "" } }, {}).diffs).toEqual(["logOpts"]);
  });
  it("of any one input names that input only", () => {
    const texts = {
      user: "u",
      cpus: "1",
      hostname: "h",
      workingDir: "/w",
      stopTimeout: 3,
      memory: 9,
      tmpfs: { "/t": "" },
    };
    for (const [name, value] of Object.entries(texts))
      expect(diff({}, { [name]: value }).diffs).toEqual([name]);
  });
  it("that was found counts where something was asked for, and only there", () => {
    const ports = [{ internal: 1, external: 2 }];
    const found = { ports: [], memory: 64, mustRun: false };
    expect(diff({ ports }, { ports }, found)).toEqual({ diffs: ["mustRun", "ports"], replaces: ["ports"] });
    expect(diff({ memory: 128 }, { memory: 128 }, { memory: 64 }).diffs).toEqual(["memory"]);
  });
});

describe("what Docker is told", () => {
  it("durations as nanoseconds, memory as bytes, swap as Docker's own default", () => {
    const body = createBody(
      checked({ memory: 64, healthcheck: { tests: ["CMD"], interval: "1m30s", timeout: "250ms" } }),
    );
    expect(body.Healthcheck).toMatchObject({ Interval: 90e9, Timeout: 250e6, StartPeriod: 0 });
    expect(body.HostConfig).toMatchObject({ Memory: 64 * 1024 ** 2, MemorySwap: 128 * 1024 ** 2 });
  });
  it("swap without limit stays without limit", () => {
    expect(createBody(checked({ memory: 64, memorySwap: -1 })).HostConfig?.MemorySwap).toBe(-1);
  });
});
