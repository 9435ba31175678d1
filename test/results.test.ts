// A run of vitest is counted right, also one that broke off: reports as vitest 5.1.1 was seen to write them.
import { expect, it } from "vitest";
import { type Exit, verdictOf } from "./results.ts";

const FINE: Exit = { code: 0, signal: null };
const FAILED: Exit = { code: 1, signal: null };

/** A file and the states of its tests. */
function file(name: string, status: string, states: readonly string[], message = "") {
  return {
    name: `/root/test/${name}`,
    status,
    message,
    assertionResults: states.map((state) => ({ status: state })),
  };
}

function report(...testResults: readonly ReturnType<typeof file>[]): string {
  const states = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (state: string) => states.filter((one) => one === state).length;
  return JSON.stringify({ numPassedTests: count("passed"), numFailedTests: count("failed"), testResults });
}

const GOOD = file("good.test.ts", "passed", ["passed", "passed", "skipped"]);

it.each<[string, Exit, string | undefined, number, number, readonly RegExp[]]>([
  ["all passed", FINE, report(GOOD), 2, 0, []],
  ["one failed", FAILED, report(GOOD, file("a.test.ts", "failed", ["passed", "failed"])), 3, 1, []],
  [
    "a worker died",
    FAILED,
    report(GOOD, file("a.test.ts", "failed", ["pending", "pending", "pending"])),
    2,
    1,
    [/^test\/a\.test\.ts broke off: its process ended before 3 of its tests had\.$/],
  ],
  [
    "a file can't be loaded",
    FAILED,
    report(GOOD, file("a.test.ts", "failed", [], "no such module\n at x")),
    2,
    1,
    [/^test\/a\.test\.ts could not be loaded: no such module\.$/],
  ],
  [
    "its set-up failed, beside a failed test elsewhere",
    FAILED,
    report(file("a.test.ts", "failed", ["skipped"], "no engine"), file("b.test.ts", "failed", ["failed"])),
    0,
    2,
    [/^test\/a\.test\.ts failed before or after its tests: no engine\.$/],
  ],
  ["an error outside", FAILED, report(GOOD), 2, 1, [/outside of every test: vitest ended with 1/]],
  ["vitest was killed", { code: null, signal: "SIGKILL" }, undefined, 0, 1, [/broke off.*SIGKILL/]],
  ["the report is cut off", FAILED, report(GOOD).slice(0, 30), 0, 1, [/broke off.*no whole report/]],
  ["no test matches", FAILED, report(), 0, 1, [/^No test was run\.$/]],
])("%s", (_what, exit, json, passed, failed, broken) => {
  expect(verdictOf(exit, json, "/root")).toEqual({
    passed,
    failed,
    broken: broken.map((words) => expect.stringMatching(words)),
  });
});
