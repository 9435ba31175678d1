// What a run of schemathesis says of Berth: nothing wrong, something wrong, or nothing at all because the tool failed.

import type { Exit } from "../results.ts";

export type Outcome = "nothing found" | "something found" | "the tool failed";

/** Its report, as far as it is read here. */
export interface Report {
  readonly complete: boolean;
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly unknown[];
  readonly errors: readonly { readonly title: string }[];
}

/** Titles of errors that are the tool's own: its code raised what nobody expected, or gave up making a call. */
const OWN_ERRORS = ["Runtime Error", "Test Execution Error", "Failed Health Check"];

/** The tool failed, twice: of Berth that says nothing. */
export class ToolFailed extends Error {
  override readonly name = "ToolFailed";

  constructor(exit: Exit, text: string) {
    const how = exit.signal ? `was ended by ${exit.signal}` : `ended with ${exit.code}`;
    super(
      `schemathesis itself failed, twice; this is no finding about Berth. The tool ${how} and said:\n${text}`,
    );
  }
}

/** @param json the report that it writes, undefined if there is none */
export function outcomeOf(exit: Exit, json: string | undefined): Outcome {
  const report = parseReport(json);
  if (!report) return "the tool failed";
  const isFound =
    report.failures.length > 0 || report.errors.some(({ title }) => !OWN_ERRORS.includes(title));
  if (isFound) return "something found";
  return exit.code === 0 && report.complete && report.errors.length === 0
    ? "nothing found"
    : "the tool failed";
}

/** Undefined if it is cut off, or no report. */
export function parseReport(json: string | undefined): Report | undefined {
  try {
    const report = JSON.parse(json ?? "") as Partial<Report> | null;
    return report?.failures && report.errors && report.test_cases ? (report as Report) : undefined;
  } catch {
    return undefined;
  }
}

export interface Ended {
  readonly exit: Exit;
  readonly outcome: Outcome;
  /** All that it has said. */
  readonly text: string;
}

/**
 * Runs the tool, and once more if it failed itself.
 * @param log is told then
 * @throws ToolFailed when it fails again
 */
export async function untilToolWorks<Run extends Ended>(
  run: () => Promise<Run>,
  log: (text: string) => void = console.warn,
): Promise<Run> {
  const first = await run();
  if (first.outcome !== "the tool failed") return first;
  log(`schemathesis failed itself, and is tried once more. It said:\n${first.text}`);
  const second = await run();
  if (second.outcome === "the tool failed") throw new ToolFailed(second.exit, second.text);
  return second;
}
