// Which backups are counted together when the oldest are removed.
import { expect, it } from "vitest";
import { bySize } from "../../../stacks/backups/retention.ts";

const sizes = (...sizes: readonly number[]) =>
  bySize(sizes.map((size) => ({ size: String(size) }))).map((kind) => kind.map(({ size }) => Number(size)));

it("backups of about one size are counted together", () => {
  expect(sizes(1_000, 900, 500)).toEqual([[1_000, 900, 500], []]);
  expect(sizes()).toEqual([[], []]);
});

it("those of data that has shrunk by more than half are counted apart, in their order", () => {
  expect(sizes(300, 310, 1_000, 900, 20)).toEqual([
    [1_000, 900],
    [300, 310, 20],
  ]);
});
