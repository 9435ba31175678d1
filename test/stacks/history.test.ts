import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { forgetOldUpdates, KEPT_UPDATES } from "../../stacks/history.ts";

const ID = "01999999-0000-7000-8000-000000000000";
// A folder whose name has to be escaped in a URL.
const state = mkdtempSync(join(tmpdir(), "berth history #"));
const folder = join(state, ".pulumi/history/berth", ID);
const backendUrl = `file://${encodeURI(state).replace("#", "%23")}?metadata=skip`;

afterEach(() => rmSync(state, { recursive: true, force: true }));

describe("old updates of a stack", () => {
  it("are removed, both files of each, and the latest are kept", async () => {
    write(KEPT_UPDATES + 5);
    await forgetOldUpdates({ backendUrl }, ID);
    const kept = readdirSync(folder).toSorted();
    expect(kept).toHaveLength(2 * KEPT_UPDATES);
    expect(kept[0]).toBe(`${ID}-1795556426000000005.checkpoint.json`);
  });
  it("are left alone while there are few, and where there is no history yet", async () => {
    await forgetOldUpdates({ backendUrl }, ID);
    write(KEPT_UPDATES);
    await forgetOldUpdates({ backendUrl }, ID);
    expect(readdirSync(folder)).toHaveLength(2 * KEPT_UPDATES);
  });
  it("of another backend than files are left to that backend", async () => {
    write(KEPT_UPDATES + 5);
    await forgetOldUpdates({ backendUrl: "s3://bucket" }, ID);
    expect(readdirSync(folder)).toHaveLength(2 * (KEPT_UPDATES + 5));
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
