// Which deployments an upgrade of many is for, and handing them out a few at a time, for the command `upgrade` and the
// dashboard. It imports nothing and asks no server.

/** One row of GET /fleet, as far as it is looked at here. */
export interface Member {
  readonly deploymentId: string;
  readonly account: string;
  readonly status: string;
  readonly image: {
    readonly isCustom: boolean;
    readonly pinned: string | null;
    readonly rolledBackFrom: string | null;
  };
  readonly latest: string | null;
}

export type Standing =
  | "due"
  | "up to date"
  | "custom"
  | "rolled back"
  | "stopped"
  | "failed"
  | "busy"
  | "not activated";

const WITHOUT_CONTAINER = ["stopped", "suspended"];
const SLOTS = ["pending_payment", "purchased"];

/** What is to be done about a deployment. `replacesCustom`: an image is given that takes the place of customers' own. */
export function standingOf(
  { status, image, latest }: Member,
  { replacesCustom, retries }: { readonly replacesCustom: boolean; readonly retries: boolean },
): Standing {
  if (SLOTS.includes(status)) return "not activated";
  if (WITHOUT_CONTAINER.includes(status)) return "stopped";
  if (status === "failed") return "failed";
  if (status !== "active") return "busy";
  if (image.isCustom && !replacesCustom) return "custom";
  if (latest !== null && latest === image.pinned) return "up to date";
  if (latest !== null && latest === image.rolledBackFrom && !retries) return "rolled back";
  return "due";
}

/** How one upgrade ended. `not begun`: it failed before the image had touched anything, so the image is not the cause. */
export type Ended = "upgraded" | "failed" | "not begun";

/** After so many that failed nothing more is handed out. */
export const MAX_FAILURES = 3;
/** So many that were not begun, with none upgraded, are no matter of single assistants. */
export const MAX_NOT_BEGUN = 10;
const ROLLED_BACK = "UPGRADE_ROLLED_BACK";

/** Of a deployment whose upgrade was accepted, once that has ended. */
export function endOf({
  status,
  operation,
}: {
  readonly status: string;
  readonly operation: { readonly state: string; readonly error: { readonly code: string } | null } | null;
}): Ended {
  if (operation?.state === "succeeded") return "upgraded";
  return status === "active" && operation?.error?.code !== ROLLED_BACK ? "not begun" : "failed";
}

export interface Rollout {
  readonly atOnce: number;
  readonly maxFailures: number;
  readonly maxNotBegun: number;
  /** Nothing more is handed out once it is aborted; what has begun is waited for. */
  readonly signal: AbortSignal;
  readonly upgrade: (id: string) => Promise<Ended>;
}

/** Goes on past what was not begun. @returns how many succeeded and failed, and whom it was not begun with */
export async function rollOut(
  ids: readonly string[],
  { atOnce, maxFailures, maxNotBegun, signal, upgrade }: Rollout,
): Promise<{ succeeded: number; failed: number; left: readonly string[] }> {
  const left = [...ids];
  const counts = { upgraded: 0, failed: 0, "not begun": 0 };
  const isOver = () =>
    signal.aborted ||
    counts.failed >= maxFailures ||
    (counts.upgraded === 0 && counts["not begun"] >= maxNotBegun);
  const work = async () => {
    while (!isOver()) {
      const id = left.shift();
      if (id === undefined) return;
      counts[await upgrade(id)]++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { succeeded: counts.upgraded, failed: counts.failed + counts["not begun"], left };
}
