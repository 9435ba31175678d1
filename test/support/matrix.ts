// Matrices whose every cell is a whole life of an assistant, or nearly so: `npm test` has the cells that differ in kind, and
// `npm run test:faults` has all of them, in every file that imports this.
import { it } from "vitest";

/** Set by the configurations of `npm run test:faults`, `npm run test:conversation` and `npm run test:explore`. */
const isWhole = process.env.BERTH_TEST_WHOLE_MATRIX !== undefined;

/** @param rest what `npm test` leaves to `npm run test:faults` */
export function cells<Cell>(usual: readonly Cell[], rest: readonly Cell[]): Cell[] {
  return isWhole ? [...usual, ...rest] : [...usual];
}

/** A test of what `npm test` shows by another one, at less length, or in parts: `npm run test:faults` has it. */
export const itAtLength = it.runIf(isWhole);
