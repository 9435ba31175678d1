// Which checks apply to a deployment, from what could be seen of it. Pure.
import { offers } from "../deployments/regions.ts";
import { type Check, type Finding, runChecks } from "./check.ts";
import { CONTAINER_CHECKS } from "./container-checks.ts";
import { FILE_CHECKS } from "./file-checks.ts";
import { HOLDING_CHECKS } from "./holding-checks.ts";
import { isBusy, type Picture } from "./picture.ts";
import { RECORD_CHECKS } from "./record-checks.ts";
import { RESOURCE_CHECKS, STACK_CHECKS } from "./stack-checks.ts";

export interface Examination {
  /** Null for the installation itself, as is its account. */
  readonly deploymentId: string | null;
  readonly account: string | null;
  /** How many checks were made. */
  readonly checks: number;
  readonly findings: readonly Finding[];
  /** What could not be looked at, and why. */
  readonly unchecked: readonly string[];
}

export type Result = Pick<Examination, "checks" | "findings" | "unchecked">;

/** Everything that can be checked of a deployment by that picture. */
export function examine(picture: Picture): Result {
  const record = applied(RECORD_CHECKS, picture);
  if (isBusy(picture)) return combined([record], ["engine, stack and files while an operation runs"]);
  const { stack, secretsFile, held, settings } = picture;
  const results = [
    record,
    ...(stack ? [applied(STACK_CHECKS, { ...picture, stack })] : []),
    ...(secretsFile ? [applied(FILE_CHECKS, { ...picture, secretsFile })] : []),
    ...(held ? [applied(HOLDING_CHECKS, { ...picture, held })] : []),
    ...(held && stack ? [applied(RESOURCE_CHECKS, { ...picture, held, stack })] : []),
    ...(held?.containers ?? []).map((container) => applied(CONTAINER_CHECKS, { picture, container })),
  ];
  const hasInventory = offers(settings, "inventory");
  const unchecked = [
    ...(stack ? [] : ["the stack: its backend can't be read now"]),
    ...(hasInventory ? [] : [`what ${settings.target} holds of it`]),
    ...(hasInventory && !held ? ["what the engine holds: it does not answer"] : []),
    ...(stack && !stack.locks ? ["locks and history of the stack: its backend shows neither"] : []),
  ];
  return combined(results, unchecked);
}

export function applied<Seen>(
  checks: readonly Check<Seen>[],
  seen: Seen,
): Pick<Result, "checks" | "findings"> {
  return { checks: checks.length, findings: runChecks(checks, seen) };
}

export function combined(
  results: readonly Pick<Result, "checks" | "findings">[],
  unchecked: readonly string[],
): Result {
  return {
    checks: results.reduce((sum, { checks }) => sum + checks, 0),
    findings: results.flatMap(({ findings }) => findings),
    unchecked,
  };
}
