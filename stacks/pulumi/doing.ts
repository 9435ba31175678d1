// What a step is done with, on whatever it is done. Types only.
import type { Target } from "../../infra/target.ts";
import type { Report, Step } from "./messages.ts";
import type { StackLocation } from "./workspace.ts";

export interface Doing<S extends Step = Step> {
  readonly step: S;
  readonly target: Target;
  readonly location: StackLocation;
  /** Ends it in good order. */
  readonly signal: AbortSignal;
  readonly report: (message: Report) => void;
  /** Call it before something is changed that the stack has made. */
  readonly touch: () => void;
  /** Call it before Pulumi is let act, or the assistant is stopped: an engine that goes away then has left something half done. */
  readonly begin: () => void;
}

/** The stack's, as far as the engine has reported any. */
export type Outputs = Record<string, unknown> | null;
