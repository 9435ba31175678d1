// What the worker tells the child process that drives Pulumi, and what that reports. Types only.
import type { Sum } from "../../infra/backups/file.ts";
import type { Place, Removal } from "../../infra/target.ts";
import type { BackUp, Restore, Written } from "../backups/work.ts";
import type { Cause } from "../causes.ts";
import type { OperationEvent } from "../operations/operation-log.ts";
import type { Remains } from "./recovery.ts";
import type { StackLocation } from "./workspace.ts";

export interface Job {
  readonly location: Omit<StackLocation, "attachedPlugins">;
  readonly work: Up | "destroy" | { readonly backUp: BackUp };
  readonly stackExists: boolean;
  /** Where the deployment lives. */
  readonly place: Place;
  /** The container that the stack has made: see Removal. */
  readonly ownContainer: Removal["own"];
  /** What was done last on this stack, if it did not succeed. */
  readonly remains: Remains | undefined;
}

export interface Up {
  /** The stack's config. */
  readonly up: Record<string, string>;
  readonly refresh: boolean;
  /** Containers of the deployment that are removed first. */
  readonly remove: Removal["which"];
  /** Done once the stack is up, which must be without containers then. */
  readonly data?: DataWork;
}

export type DataWork = { readonly write: Written } | { readonly restore: Restore };

export type Order = { readonly job: Job } | "cancel" | "alive";

export type Report =
  | { readonly event: OperationEvent }
  | { readonly stackExists: true }
  | { readonly written: Sum | null }
  | { readonly done: { readonly outputs: Record<string, unknown> | null } }
  | { readonly failed: Cause }
  | { readonly interrupted: string };
