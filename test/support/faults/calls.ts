// Lifecycle calls, what they lead to, and what GET /:id/status says of them.

export type LifecycleCall = "activate" | "redeploy" | "stop" | "delete";

/** Where a deployment may be meant to be in the end. */
export type Wanted = "active" | "stopped" | "deleted";

/** What each call leads to. */
export const GOAL = {
  activate: "active",
  redeploy: "active",
  stop: "stopped",
  delete: "deleted",
} as const satisfies Record<LifecycleCall, Wanted>;

/** The call that asks for a state again, once a deployment has failed on its way to it. */
export const REPAIR = {
  active: "redeploy",
  stopped: "stop",
  deleted: "delete",
} as const satisfies Record<Wanted, LifecycleCall>;

export interface Status {
  readonly status: string;
  readonly drift: { readonly seen: { readonly state: string } } | null;
  readonly operation: {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly finishedAt: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  } | null;
}
