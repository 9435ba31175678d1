// What a simulated installation has: how many deployments in which state, and each one's parts in the fake engine.
import { randomBytes } from "node:crypto";
import { resourceName } from "../../../infra/args.ts";
import type { Status } from "../../../stacks/lifecycle.ts";

export const IMAGE = "registry.invalid/simulated:1";
export const IMAGE_ID = `sha256:${"5".repeat(64)}`;
export const ACCOUNTS = 50;
/** Of ten deployments. */
const STATES: readonly Status[] = [
  ...(["active", "stopped", "stopped", "stopped", "purchased", "purchased"] as const),
  ...(["purchased", "purchased", "pending_payment", "stopped"] as const),
];

export interface Member {
  readonly id: string;
  readonly status: Status;
  /** Number of its account: half of all belong to the first one, so that its pages are full however few there are. */
  readonly account: number;
  /** Its place in the ranges of ports and subnets; null for one that is not paid. */
  readonly address: number | null;
  /** Of its container, if it has one. */
  readonly containerId: string | null;
  readonly createdAt: Date;
}

/** In order of time, the newest last. */
export function makeWorld(count: number): Member[] {
  const begun = Date.now() - 90 * 86_400_000;
  return Array.from({ length: count }, (_, n) => {
    const status = STATES[n % STATES.length] ?? "purchased";
    const createdAt = new Date(begun + Math.floor((n / count) * 80 * 86_400_000));
    return {
      id: idAt(createdAt),
      status,
      // Of each state, as each account has some of all.
      account: Math.floor(n / STATES.length) % 2 === 0 ? 0 : 1 + (Math.floor(n / 2) % (ACCOUNTS - 1)),
      address: status === "pending_payment" ? null : n,
      containerId: status === "active" ? randomBytes(32).toString("hex") : null,
      createdAt,
    };
  });
}

/** As uuidv7 makes them, at a time in the past. */
export function idAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, "0");
  const tail = randomBytes(10).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(6, 18)}`;
}

/** Names of its volumes. */
export function volumesOf({ id, status }: Pick<Member, "id" | "status">): string[] {
  if (status === "pending_payment") return [];
  return [resourceName(id), ...(status === "active" ? [`${resourceName(id)}-handed`] : [])];
}
