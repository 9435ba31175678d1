// What commands about many deployments share: how one stands, and waiting for the end of its operation.
import { setTimeout as sleep } from "node:timers/promises";
import type { Member } from "../../stacks/operations/rollout.ts";
import type { Config } from "../config/config.ts";
import { callServer } from "./running-server.ts";

export const FLEET = "/api/v1/fleet";
const MAX_AT_ONCE = 64;
const ASK_EVERY_MS = 500;
/** A server that is being restarted goes on with what it has accepted. */
const SERVER_AWAY_MS = 120_000;
/** Ctrl-C arrives twice: from the terminal, and passed on by the bootstrap. */
const SAME_SIGNAL_MS = 1_000;

export interface FleetMember extends Member {
  readonly target: string;
  readonly isMoving: boolean;
  readonly operation: {
    readonly id: string;
    readonly state: string;
    readonly finishedAt: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  } | null;
}

/** @returns the count of `--at-once`, or what is wrong with it */
export function readCount(atOnce: string): number | string {
  const count = Number(atOnce);
  const isWrong = !Number.isInteger(count) || count < 1 || count > MAX_AT_ONCE;
  return isWrong ? `--at-once: must be a number from 1 to ${MAX_AT_ONCE}.` : count;
}

/** @param image to compare with */
export async function member(config: Config, id: string, image?: string): Promise<FleetMember> {
  return callServer<FleetMember>(config, "GET", `${FLEET}/${encodeURIComponent(id)}?${query({ image })}`);
}

export function query(values: Record<string, string | undefined>): string {
  const set = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(set).toString();
}

/** Why an operation has not succeeded, in a line. */
export function firstLineOf(operation: FleetMember["operation"]): string {
  const [what = ""] = operation?.error?.message.split("\n") ?? [];
  return `${operation?.error?.code ?? operation?.state}: ${what}`;
}

export async function untilEnded(config: Config, id: string, operationId: string): Promise<FleetMember> {
  for (let heardAt = performance.now(); ; await sleep(ASK_EVERY_MS)) {
    const found = await member(config, id).catch((error: unknown) => {
      if (performance.now() - heardAt > SERVER_AWAY_MS) throw error;
    });
    if (found) heardAt = performance.now();
    if (found && (found.operation?.id !== operationId || found.operation.finishedAt !== null)) return found;
  }
}

/** The first Ctrl-C lets what has begun end; a later one leaves it to the server, which carries it out. */
export function untilInterrupted(): AbortSignal {
  const interrupting = new AbortController();
  let since: number | undefined;
  process.on("SIGINT", () => {
    if (since !== undefined && performance.now() - since > SAME_SIGNAL_MS) process.exit(130);
    if (since === undefined) console.error("Waiting for what has begun; again to leave that to the server.");
    since ??= performance.now();
    interrupting.abort();
  });
  return interrupting.signal;
}
