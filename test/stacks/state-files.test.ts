import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { forgetOldUpdates, KEPT_UPDATES, stateFolder } from "../../stacks/state-files.ts";

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

function write(updates: number): void {
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < updates; n++) {
    for (const kind of ["history", "checkpoint"]) {
      writeFileSync(join(folder, `${ID}-${1795556426000000000n + BigInt(n)}.${kind}.json`), "{}");
    }
  }
}
