// What every configuration of vitest here has.

/** What turns on the whole of the matrices, as test/support/matrix.ts has it, which no configuration can import. */
export const WHOLE_MATRIX = { BERTH_TEST_WHOLE_MATRIX: "yes" };

/**
 * Most files live for seconds: what V8 would make faster in the background, the embedded database's WebAssembly above all,
 * costs a sixth of their CPU and does not pay; nor does collecting what a file leaves, again and again.
 */
const SHORT_LIVED = ["--liftoff-only", "--initial-old-space-size=256", "--min-semi-space-size=16"];

export const OPTIONS = {
  execArgv: SHORT_LIVED,
  maxWorkers: 2,
  testTimeout: 600_000,
  hookTimeout: 600_000,
  teardownTimeout: 60_000,
  // What a test waits for may take so long on a busy machine; usually it is there at once.
  expect: { poll: { timeout: 180_000, interval: 100 } },
};
