// What a run of vitest has come to. A run that broke off is a failure with words of its own, never a smaller success.
import { relative } from "node:path";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  /** A sentence for each failure that is no failed test. */
  readonly broken: readonly string[];
}

/** What is read of its JSON report. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly TestFile[];
}

interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/** @param json the report, undefined if there is none */
export function verdictOf(exit: Exit, json: string | undefined, root: string): Verdict {
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with ${exit.code}`;
  const report = parseReport(json);
  if (!report) {
    const broken = [
      `The run broke off: vitest ${how} and left no whole report. It says nothing of the tests.`,
    ];
    return { passed: 0, failed: 1, broken };
  }
  const { numPassedTests: passed, numFailedTests, testResults } = report;
  const broken = testResults.filter(isBroken).map((file) => brokenHow(file, relative(root, file.name)));
  if (numFailedTests + broken.length === 0) {
    if (passed === 0) broken.push("No test was run.");
    else if (exit.code !== 0)
      broken.push(`Something failed outside of every test: vitest ${how}. Its error stands above.`);
  }
  return { passed, failed: numFailedTests + broken.length, broken };
}

function parseReport(json: string | undefined): Report | undefined {
  try {
    const report = JSON.parse(json ?? "") as Partial<Report> | null;
    return report?.testResults && Number.isInteger(report.numPassedTests) ? (report as Report) : undefined;
  } catch {
    return undefined;
  }
}

/** It failed, and none of its tests did. */
function isBroken({ status, assertionResults }: TestFile): boolean {
  return status === "failed" && !assertionResults.some((test) => test.status === "failed");
}

function brokenHow({ message, assertionResults }: TestFile, name: string): string {
  const why = message?.split("\n")[0] || "its error stands above";
  if (assertionResults.length === 0) return `${name} could not be loaded: ${why}.`;
  const unfinished = assertionResults.filter(({ status }) => status === "pending").length;
  if (unfinished > 0) return `${name} broke off: its process ended before ${unfinished} of its tests had.`;
  return `${name} failed before or after its tests: ${why}.`;
}
