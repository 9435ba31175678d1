// What doctor has found, by what is to be done about it, and as the text that the command prints.
import type { components } from "../../../api/types.ts";
import { counted } from "../../../parts/counts.ts";

type Examination = components["schemas"]["Examination"];
type Finding = Examination["findings"][number];

export interface Found extends Finding {
  readonly deploymentId: string | null;
  readonly account: string | null;
}

export interface ToDo {
  readonly advice: string;
  /** Of its worst finding. */
  readonly severity: Finding["severity"];
  readonly found: readonly Found[];
}

/** Errors first, then what most deployments have. */
export function byAdvice(examined: readonly Examination[]): ToDo[] {
  const groups = Map.groupBy(foundIn(examined), ({ advice }) => advice);
  const todos = [...groups].map(([advice, found]) => {
    const isError = found.some(({ severity }) => severity === "error");
    return { advice, found, severity: isError ? "error" : "warning" } as const;
  });
  return todos.toSorted(
    (one, other) => rank(one.severity) - rank(other.severity) || other.found.length - one.found.length,
  );
}

/** What could not be looked at, and for how many. */
export function gapsOf(examined: readonly Examination[]): [text: string, count: number][] {
  const gaps = Map.groupBy(
    examined.flatMap(({ unchecked }) => unchecked),
    (text) => text,
  );
  return [...gaps].map(([text, all]) => [text, all.length]);
}

export function summaryOf(examined: readonly Examination[]): string {
  const deployments = examined.filter(({ deploymentId }) => deploymentId !== null).length;
  const checks = examined.reduce((sum, one) => sum + one.checks, 0);
  return `${counted(deployments, "deployment")}, ${counted(checks, "check")}, ${counted(foundIn(examined).length, "finding")}`;
}

export function asText(examined: readonly Examination[]): string {
  const findings = foundIn(examined).map(({ deploymentId, account, severity, check, message, advice }) => {
    const whose = deploymentId === null ? "installation" : `${deploymentId} (${account})`;
    return `${severity} ${whose} ${check}: ${message} → ${advice}`;
  });
  const gaps = gapsOf(examined).map(([text, count]) => `not checked for ${count}: ${text}`);
  return [...findings, ...gaps, summaryOf(examined)].join("\n");
}

function foundIn(examined: readonly Examination[]): Found[] {
  return examined.flatMap(({ deploymentId, account, findings }) =>
    findings.map((finding) => ({ ...finding, deploymentId, account })),
  );
}

function rank(severity: Finding["severity"]): number {
  return severity === "error" ? 0 : 1;
}
