// Which backups are beyond the number kept: those of data that was lost never push out those of what there was.
import { expect, it } from "vitest";
import { surplusOf } from "../../../stacks/backups/retention.ts";

const MIB = 1024 ** 2;

/** @param sizes newest first */
function removed(keep: number, ...sizes: readonly (number | null)[]): number[] {
  const backups = sizes.map((size, index) => ({ index, size: size === null ? null : String(size) }));
  return surplusOf(backups, keep)
    .map(({ index }) => index)
    .toSorted((a, b) => a - b);
}

it("of data that is about as large as before the newest are kept", () => {
  expect(removed(2)).toEqual([]);
  expect(removed(2, 10, 10)).toEqual([]);
  expect(removed(2, 12 * MIB, 10 * MIB, 9 * MIB, 8 * MIB)).toEqual([2, 3]);
  expect(removed(2, 5 * MIB, 10 * MIB, 3 * MIB), "half is no loss").toEqual([2]);
});

it("of data that is suddenly gone as many are kept, and none of those from before is removed for them", () => {
  const empty = 2_000;
  expect(removed(2, empty, 10 * MIB, 10 * MIB)).toEqual([]);
  expect(removed(2, empty, empty, empty, empty, 10 * MIB, 10 * MIB)).toEqual([2, 3]);
  expect(removed(2, null, empty, empty, 10 * MIB, 10 * MIB, 10 * MIB)).toEqual([2, 5]);
  expect(removed(1, empty, 10 * MIB)).toEqual([]);
});

it("data that has grown again takes the places of those from before, as ever", () => {
  const empty = 2_000;
  expect(removed(2, 9 * MIB, 8 * MIB, empty, empty, empty, 10 * MIB, 10 * MIB)).toEqual([4, 5, 6]);
});

it("data that was always small is as any other", () => {
  expect(removed(2, 900, 800, 850, 700)).toEqual([2, 3]);
});
