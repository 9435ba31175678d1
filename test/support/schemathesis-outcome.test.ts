// What a run of schemathesis is taken for, from how its process ended and the report that it left.
import { describe, expect, it } from "vitest";
import type { Exit } from "../results.ts";
import { type Outcome, outcomeOf, ToolFailed, untilToolWorks } from "./schemathesis-outcome.ts";

const FINE: Exit = { code: 0, signal: null };
const WRONG: Exit = { code: 1, signal: null };
const KILLED: Exit = { code: null, signal: "SIGSEGV" };
const FAILURE = { type: "ServerError", title: "Server error", count: 1, operations: ["GET /healthz"] };
const RECURSION = { title: "Runtime Error", count: 1 };

function report(change: object = {}): string {
  return JSON.stringify({
    complete: true,
    test_cases: { generated: 900 },
    failures: [],
    errors: [],
    ...change,
  });
}

describe("a run of schemathesis", () => {
  it.each<[string, Exit, string | undefined, Outcome]>([
    ["without a failure", FINE, report(), "nothing found"],
    ["with a failure", WRONG, report({ failures: [FAILURE] }), "something found"],
    [
      "with a server that is gone",
      WRONG,
      report({ errors: [{ title: "Network Error" }] }),
      "something found",
    ],
    [
      "with a document that is no good",
      WRONG,
      report({ errors: [{ title: "Schema Error" }] }),
      "something found",
    ],
    [
      "with a failure and an error of its own",
      WRONG,
      report({ failures: [FAILURE], errors: [RECURSION] }),
      "something found",
    ],
    [
      "with a failure, killed after it",
      KILLED,
      report({ failures: [FAILURE], complete: false }),
      "something found",
    ],
    ["with an error of its own alone", WRONG, report({ errors: [RECURSION] }), "the tool failed"],
    [
      "with a health check of its generator",
      WRONG,
      report({ errors: [{ title: "Failed Health Check" }] }),
      "the tool failed",
    ],
    ["that ends by a traceback", WRONG, undefined, "the tool failed"],
    ["that is killed", KILLED, undefined, "the tool failed"],
    ["that is killed while it writes", KILLED, report().slice(0, 20), "the tool failed"],
    ["that is interrupted", { code: 130, signal: null }, report({ complete: false }), "the tool failed"],
    ["that tests nothing", { code: 2, signal: null }, report(), "the tool failed"],
    ["that leaves something else", FINE, "null", "the tool failed"],
  ])("%s", (_how, exit, json, outcome) => {
    expect(outcomeOf(exit, json)).toBe(outcome);
  });
});

describe("a tool that fails", () => {
  const runs = (...outcomes: readonly Outcome[]) => {
    const left = [...outcomes];
    const run = async () => ({
      exit: KILLED,
      text: "Fatal Python error",
      outcome: left.shift() ?? "nothing found",
    });
    const logged: string[] = [];
    return { run, left, logged, log: (text: string) => void logged.push(text) };
  };

  it.each<Outcome>(["nothing found", "something found"])(
    "once is tried again: then it is %s",
    async (then) => {
      const { run, log, logged } = runs("the tool failed", then);
      expect((await untilToolWorks(run, log)).outcome).toBe(then);
      expect(logged).toEqual([expect.stringContaining("tried once more")]);
    },
  );

  it("twice is told as the tool's failure, not as Berth's", async () => {
    const { run, left, log } = runs("the tool failed", "the tool failed", "nothing found");
    const failed = await untilToolWorks(run, log).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ToolFailed);
    expect(String(failed)).toMatch(
      /^ToolFailed: .*no finding about Berth.*ended by SIGSEGV[\s\S]*Fatal Python error/,
    );
    expect(left).toEqual(["nothing found"]);
  });

  it("is not tried again when it has found something", async () => {
    const { run, left, log } = runs("something found", "nothing found");
    expect((await untilToolWorks(run, log)).outcome).toBe("something found");
    expect(left).toEqual(["nothing found"]);
  });
});
