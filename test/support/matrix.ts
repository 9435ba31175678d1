// Matrices whose every cell is a whole life of an assistant: `npm test` has the cells that differ in kind, and
// `npm run test:faults` has all of them, in every file that imports this.
import { it } from "vitest";

/** Set by test/faults/vitest.config.ts. */
const isWhole = process.env.BERTH_TEST_WHOLE_MATRIX !== undefined;

/** @param rest what `npm test` leaves to `npm run test:faults` */
export function cells<Cell>(usual: readonly Cell[], rest: readonly Cell[]): Cell[] {
  return isWhole ? [...usual, ...rest] : [...usual];
}

/** A test that `npm run test:faults` has, and `npm test` passes over. */
export const itAtLength = it.runIf(isWhole);
