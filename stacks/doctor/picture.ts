// What is known of a deployment when it is examined: its record, and what its stack's state has of it. What its target holds
// is the target's own, see target-audit.ts.
import type { Deployment } from "../deployments/deployments.ts";
import type { Operation } from "../operations/operations.ts";
import type { Secret } from "../secret.ts";
import type { StackSettings } from "../settings.ts";

export interface Picture {
  readonly now: Date;
  readonly settings: StackSettings;
  readonly deployment: Deployment;
  /** The latest one. */
  readonly operation: Operation | undefined;
  readonly secrets: readonly KnownSecret[];
  /** Columns of sealed secrets that the key of the data folder doesn't open. */
  readonly unopened: readonly string[];
  readonly bot: {
    /** By the bot's token. */
    readonly id: string | null;
    /** Another deployment of this Berth that drives it, too. */
    readonly alsoDrivenBy: string | undefined;
  };
  /** Another deployment with the same port and subnet. */
  readonly sharesAddressWith: string | undefined;
  /** Undefined where the state could not be read now. */
  readonly stack: StackPicture | undefined;
}

export interface KnownSecret {
  readonly name: string;
  readonly value: Secret;
}

export interface StackPicture {
  readonly exists: boolean;
  /** Its name now, if it is there under another one. */
  readonly renamedTo: string | undefined;
  /** Why the state can't be made sense of; undefined if it can. */
  readonly damage: string | undefined;
  readonly outputs: unknown;
  readonly resources: readonly StateResource[];
  readonly pendingOperations: number;
  /** Of a passphrase; undefined if the state names none. */
  readonly salt: string | undefined;
  /** The one in the stack's settings, with which Pulumi is called; undefined if there is none. */
  readonly settingsSalt: string | undefined;
  /** Names of secrets that are in the state or its history as clear text. */
  readonly leaks: readonly string[];
  /** Undefined where the backend shows neither locks nor history. */
  readonly locks: readonly Lock[] | undefined;
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string | undefined;
}

export interface Lock {
  /** Undefined if it names nobody. */
  readonly owner: string | undefined;
  /** `unknown`: on another host. */
  readonly isHeld: "yes" | "no" | "unknown";
}

export type InStack = Picture & { readonly stack: StackPicture };

/** Whether an operation is being carried out, or waits for it: what the engine and the state hold is changing. */
export function isBusy({ operation }: Pick<Picture, "operation">): boolean {
  return operation !== undefined && operation.finished_at === null;
}
