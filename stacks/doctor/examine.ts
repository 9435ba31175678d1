// Which checks apply to a deployment, from what could be seen of it. Pure.
import { applyChecks, type Finding, type Result } from "./check.ts";
import { isBusy, type Picture } from "./picture.ts";
import { RECORD_CHECKS } from "./record-checks.ts";
import { STACK_CHECKS } from "./stack-checks.ts";
import type { OwnChecks } from "./target-audit.ts";

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

export type Examined = Pick<Examination, "checks" | "findings" | "unchecked">;

/**
 * Everything that can be checked of a deployment by that picture.
 * @param own those of its target; undefined where doctor has none for it
 */
export function examine(picture: Picture, own: OwnChecks | undefined): Examined {
  const record = applyChecks(RECORD_CHECKS, picture);
  if (isBusy(picture)) return combined([record], ["engine, stack and files while an operation runs"]);
  const { stack, settings } = picture;
  const results = [
    record,
    ...(stack ? [applyChecks(STACK_CHECKS, { ...picture, stack })] : []),
    ...(own?.run(picture) ?? []),
  ];
  const unchecked = [
    ...(stack ? [] : ["the stack: its backend can't be read now"]),
    ...(own?.unchecked ?? [`what ${picture.deployment.target ?? settings.target} holds of it`]),
    ...(stack && !stack.locks ? ["locks and history of the stack: its backend shows neither"] : []),
  ];
  return combined(results, unchecked);
}

export function combined(results: readonly Result[], unchecked: readonly string[]): Examined {
  return {
    checks: results.reduce((sum, { checks }) => sum + checks, 0),
    findings: results.flatMap(({ findings }) => findings),
    unchecked,
  };
}
