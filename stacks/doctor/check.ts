// What a check is: a pure function from what was seen to what is wrong with it. Adding one is adding a row to a table.
import { isDeepStrictEqual } from "node:util";

type Severity = "error" | "warning";

export interface Complaint {
  readonly severity: Severity;
  /** What was expected, and what was found. */
  readonly message: string;
  readonly advice: string;
}

export interface Finding extends Complaint {
  readonly check: string;
}

export interface Check<Seen> {
  readonly name: string;
  look(seen: Seen): readonly Complaint[];
}

export const REDEPLOY = "Redeploy it: that replaces its container, and what belongs to it.";

export function error(message: string, advice: string): Complaint {
  return { severity: "error", message, advice };
}

export function warning(message: string, advice: string): Complaint {
  return { severity: "warning", message, advice };
}

/** A check that something is just what it should be; lists are given in an order of their own. */
export function fact<Seen>(
  name: string,
  subject: string,
  found: (seen: Seen) => unknown,
  wanted: (seen: Seen) => unknown,
  advice: string = REDEPLOY,
): Check<Seen> {
  return {
    name,
    look(seen) {
      const [has, should] = [found(seen), wanted(seen)];
      if (isDeepStrictEqual(has, should)) return [];
      return [error(`${subject}: expected ${inWords(should)}, found ${inWords(has)}.`, advice)];
    },
  };
}

export function runChecks<Seen>(checks: readonly Check<Seen>[], seen: Seen): Finding[] {
  return checks.flatMap(({ name, look }) => look(seen).map((complaint) => ({ check: name, ...complaint })));
}

/** How many checks were made, and what they have found. */
export interface Result {
  readonly checks: number;
  readonly findings: readonly Finding[];
}

export function applyChecks<Seen>(checks: readonly Check<Seen>[], seen: Seen): Result {
  return { checks: checks.length, findings: runChecks(checks, seen) };
}

/** Part of a sentence. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "nothing" : value.map(inWords).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
