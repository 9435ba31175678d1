// The seed of all that the tests generate. `npm test` has always the same one, so that it says the same every time;
// `npm run test:explore` draws another.

/** Set by test/run.ts, for `npm run test:explore` alone. */
export const SEED_VARIABLE = "BERTH_TEST_SEED";
const FIXED_SEED = 20_260_101;
/** What fast-check and schemathesis both take. */
const MAX_SEED = 2 ** 31 - 1;

export const SEED = readSeed(process.env[SEED_VARIABLE] ?? String(FIXED_SEED));

/** @throws Error when the text is no seed */
export function readSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= MAX_SEED) return seed;
  throw new Error(`"${text}" is no seed: give a whole number from 0 to ${MAX_SEED}.`);
}

export function drawSeed(): number {
  return Math.floor(Math.random() * MAX_SEED);
}
