import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  forgetOldUpdates,
  forgetRemoved,
  KEPT_UPDATES,
  keepWholeState,
  mendStateFiles,
  stateFolder,
} from "../../../stacks/pulumi/state-files.ts";

const ID = "01999999-0000-7000-8000-000000000000";
// A folder whose name has to be escaped in a URL.
const state = mkdtempSync(join(tmpdir(), "berth history #"));
const folder = join(state, ".pulumi/history/berth", ID);

afterEach(() => rmSync(state, { recursive: true, force: true }));

it("a file backend has a folder, whatever is in its URL; no other has", () => {
  const url = `file://${encodeURI(state).replace("#", "%23")}?metadata=skip`;
  expect(stateFolder(url)).toBe(state);
  expect(stateFolder("s3://bucket/state")).toBeUndefined();
});

describe("old updates of a stack", () => {
  it("are removed, both files of each, and the latest are kept", async () => {
    write(KEPT_UPDATES + 5);
    await forgetOldUpdates(state, ID);
    const kept = readdirSync(folder).toSorted();
    expect(kept).toHaveLength(2 * KEPT_UPDATES);
    expect(kept[0]).toBe(`${ID}-1795556426000000005.checkpoint.json`);
  });
  it("are left alone while there are few, and where there is no history yet", async () => {
    await forgetOldUpdates(state, ID);
    write(KEPT_UPDATES);
    await forgetOldUpdates(state, ID);
    expect(readdirSync(folder)).toHaveLength(2 * KEPT_UPDATES);
  });
});

it("nothing of a removed stack is left, and another one's files are", async () => {
  const paths = (id: string) =>
    [
      `stacks/berth/${id}.json.bak`,
      `history/berth/${id}/a.json`,
      `locks/organization/berth/${id}/a.json`,
    ].map((path) => join(state, ".pulumi", path));
  for (const path of [...paths(ID), ...paths("other")]) {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "{}");
  }
  await forgetRemoved(state, ID);
  const left = readdirSync(state, { recursive: true, encoding: "utf8" });
  expect(left.filter((path) => path.includes(ID))).toEqual([]);
  expect(left.filter((path) => /other.*\.(json|bak)$/.test(path))).toHaveLength(3);
});

describe("files that a cut-off write has damaged", () => {
  const checkpoint = (serial: number) => JSON.stringify({ version: 3, checkpoint: { serial } });
  const stacks = join(state, ".pulumi/stacks/berth");
  const locks = join(state, ".pulumi/locks/organization/berth", ID);
  const put = (path: string, text: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  const current = () => readFileSync(join(stacks, `${ID}.json`), "utf8");

  it("the copy before it takes the place of a damaged state", async () => {
    put(join(stacks, `${ID}.json`), checkpoint(7).slice(0, 20));
    put(join(stacks, `${ID}.json.bak`), checkpoint(6));
    expect(await mendStateFiles(state, ID)).toBe(true);
    expect(current()).toBe(checkpoint(6));
    expect(await mendStateFiles(state, ID)).toBe(false);
  });
  it("where that is damaged too, the latest of the history does", async () => {
    put(join(stacks, `${ID}.json`), "");
    put(join(stacks, `${ID}.json.bak`), "{");
    put(join(folder, `${ID}-1.checkpoint.json`), checkpoint(4));
    put(join(folder, `${ID}-2.checkpoint.json`), checkpoint(5));
    put(join(folder, `${ID}-3.checkpoint.json`), checkpoint(6).slice(0, 9));
    expect(await mendStateFiles(state, ID)).toBe(true);
    expect(current()).toBe(checkpoint(5));
  });
  it("where there is no history yet, what was kept before Pulumi acted does; what is cut off is never kept", async () => {
    put(join(stacks, `${ID}.json`), checkpoint(1));
    await keepWholeState(state, ID);
    put(join(stacks, `${ID}.json`), checkpoint(2).slice(0, 9));
    await keepWholeState(state, ID);
    put(join(stacks, `${ID}.json.bak`), "");
    expect(await mendStateFiles(state, ID)).toBe(true);
    expect(current()).toBe(checkpoint(1));
    await forgetRemoved(state, ID);
    expect(readdirSync(stacks).filter((name) => name !== `${ID}.json` && name.includes(ID))).toEqual([]);
  });
  it("nothing is kept of a stack whose history has whole ones", async () => {
    put(join(stacks, `${ID}.json`), checkpoint(2));
    put(join(folder, `${ID}-1.history.json`), "{}");
    put(join(folder, `${ID}-1.checkpoint.json`), checkpoint(1));
    await keepWholeState(state, ID);
    expect(readdirSync(stacks)).toEqual([`${ID}.json`]);
  });
  it("without a whole copy the state is left as it is", async () => {
    put(join(stacks, `${ID}.json`), "{");
    expect(await mendStateFiles(state, ID)).toBe(false);
    expect(current()).toBe("{");
  });
  it("half a lock and half an entry of the history go; whole ones and compressed ones stay", async () => {
    put(join(stacks, `${ID}.json`), checkpoint(1));
    put(join(locks, "a.json"), JSON.stringify({ pid: 1, username: "root", hostname: "elsewhere" }));
    put(join(locks, "b.json.18eb1bd9.tmp"), "");
    put(join(folder, `${ID}-1.history.json`), "{}");
    put(join(folder, `${ID}-2.history.json`), '{"kind":');
    put(join(folder, `${ID}-3.history.json.gz`), "\u001f\u008b");
    expect(await mendStateFiles(state, ID)).toBe(false);
    expect(readdirSync(locks)).toEqual(["a.json"]);
    expect(readdirSync(folder).toSorted()).toEqual([`${ID}-1.history.json`, `${ID}-3.history.json.gz`]);
  });
  it.each(["{}", "[]", "null", "7", '{"pid":1}', checkpoint(1)])(
    "a lock that is JSON and names nobody goes: %s",
    async (text) => {
      put(join(stacks, `${ID}.json`), checkpoint(1));
      put(join(locks, "0.json"), text);
      expect(await mendStateFiles(state, ID)).toBe(false);
      expect(readdirSync(locks)).not.toContain("0.json");
    },
  );
});

function write(updates: number): void {
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < updates; n++) {
    for (const kind of ["history", "checkpoint"]) {
      writeFileSync(join(folder, `${ID}-${1795556426000000000n + BigInt(n)}.${kind}.json`), "{}");
    }
  }
}
