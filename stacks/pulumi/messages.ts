// What the worker and the child process that drives Pulumi send each other. Types only.
import type { Remark } from "../../infra/assistant/remarks.mjs";
import type { Sum } from "../../infra/backups/file.ts";
import type { Place, Removal } from "../../infra/target.ts";
import type { BackUp, Restore, Written } from "../backups/work.ts";
import type { Cause } from "../causes.ts";
import type { OperationEvent } from "../operations/operation-log.ts";
import type { UnfinishedAttempts } from "./recovery.ts";
import type { StackLocation } from "./workspace.ts";

/** One thing that a child process does for an attempt. */
export type Step = UpStep | BackUpStep | DestroyStep | ForgetStep;

/** On what a step is done. */
export interface StepBase {
  readonly location: Omit<StackLocation, "attachedPlugins">;
  readonly stackExists: boolean;
  /** Where the deployment lives: the one source of what the child does it on. */
  readonly place: Place;
  /** Where its data is by its record; null where that is as at the beginning. */
  readonly dataVolume: string | null;
  /** What was tried last on this stack, if it did not succeed. */
  readonly unfinishedBefore: UnfinishedAttempts | undefined;
}

/** Brings the stack to its config. */
export interface UpStep extends StepBase {
  readonly name: "up";
  readonly config: Record<string, string>;
  readonly refresh: boolean;
  /** Containers that are removed first. */
  readonly remove: Removal;
  /** Done once the stack is up, which must be without containers then. */
  readonly data?: DataWork;
  readonly had: DataKnown;
  /** When the last try began, if it did not succeed: what was remarked since then may not be recorded. */
  readonly remarksSinceMs?: number;
  /** If the data is not there any more: nothing is done; none is made; or it begins empty. */
  readonly onDataGone: "fail" | "leave" | "begin empty";
}

/** What the records know of an assistant's data. */
export interface DataKnown {
  /** Whether an assistant, or a restore, may have written any. */
  readonly wasWritten: boolean;
  /** Whether the stack has reported where it is. */
  readonly wasReported: boolean;
}

/** Backs up what may be running. */
export interface BackUpStep extends StepBase {
  readonly name: "back up";
  readonly backUp: BackUp;
  readonly had: DataKnown;
}

/** Leaves nothing of the stack. */
export interface DestroyStep extends StepBase {
  readonly name: "destroy";
  /** Containers that would keep the network and the volume, and are removed first. */
  readonly remove: Removal;
}

/** Drops the stack's record, and touches nothing of what that names: the deployment is to have its stack elsewhere. */
export interface ForgetStep extends StepBase {
  readonly name: "forget";
}

export type DataWork = { readonly write: Written } | { readonly restore: Restore };

/**
 * How something ended that was not done. `interrupted`: what it has done is unknown, it is to be tried again. `isUntouched`:
 * the stack, and what it has made, is as it was before.
 */
export type Unfinished =
  | { readonly state: "failed"; readonly cause: Cause; readonly isUntouched?: boolean }
  | { readonly state: "cancelled" }
  | { readonly state: "interrupted"; readonly why: string };

/** How a step ended, with the stack's outputs. */
export type StepResult<Outputs = Record<string, unknown> | null> =
  | { readonly state: "succeeded"; readonly outputs: Outputs }
  | Unfinished;

/** To the child. */
export type Instruction = { readonly step: Step } | "cancel" | "alive";

/** From the child. */
export type Report =
  | { readonly event: OperationEvent }
  | { readonly remark: Remark }
  | { readonly stackExists: true }
  | { readonly written: Sum | null }
  | { readonly ended: StepResult };
