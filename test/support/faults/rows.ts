// The rows of the fault matrix: at which moments of which call somebody is killed, and what has to come of it.
import { afterAll, expect } from "vitest";
import { GOAL, type LifecycleCall } from "./calls.ts";
import type { Victim } from "./processes.ts";
import type { Point } from "./pulumi-wrapper.ts";
import { Server, type ServerOptions } from "./server.ts";
import { assertSettled } from "./settled.ts";
import { type Moment, type Strike, slotFor, strike } from "./strike.ts";

const MAKING: readonly Point[] = [
  "before the spawn",
  "after the lock",
  "during settings",
  "after settings",
  "during assistant",
  "after assistant",
  "during readiness",
  "after readiness",
  "after the end",
];

/**
 * Every point of every call, in the order in which they come. A step of a few milliseconds has no `during`. While the CLI is
 * held before it is spawned, a delete has stopped the container and removes the network.
 */
export const POINTS: Readonly<Record<LifecycleCall, readonly Point[]>> = {
  activate: MAKING,
  redeploy: MAKING,
  stop: [
    "before the spawn",
    "after the lock",
    "after readiness",
    "during assistant",
    "after assistant",
    "after settings",
    "after the end",
  ],
  delete: [
    "before the spawn",
    "after the lock",
    "after readiness",
    "during assistant",
    "after assistant",
    "after settings",
    "after state",
    "after the end",
  ],
};

/** Entries of a call's log that tell of a step's beginning or end. */
export const EVENTS: Readonly<Record<LifecycleCall, readonly string[]>> = {
  activate: [
    "Network network started",
    "Container assistant started",
    "Command readiness started",
    "summary",
  ],
  redeploy: ["Volume state done", "Command settings started", "Container assistant done", "summary"],
  stop: ["Command readiness started", "Container assistant started", "Container assistant done", "summary"],
  delete: ["Container assistant started", "Container assistant done", "Volume state done", "summary"],
};

export type Row = readonly [name: string, strike: Strike];

/** A row for each call and each of its moments. */
export function rowsFor(victim: Victim, moments: (call: LifecycleCall) => readonly Moment[]): Row[] {
  const calls = Object.keys(GOAL) as LifecycleCall[];
  return calls.flatMap((call) => moments(call).map((moment) => row({ call, moment, victim })));
}

export function row(strike: Strike): Row {
  const { call, moment, victim } = strike;
  return [`${call}, ${"event" in moment ? `at “${moment.event}”` : moment.point}: ${victim}`, strike];
}

/** Ports of a slice: a server that has had so many deployments makes way for a new one. */
const PLACES = 12;

/**
 * The test of a file's rows: the deployment gets where its call leads to, or fails with a cause and can be repaired.
 * Rows share a server, for speed; none comes after one that has failed.
 */
export function survivor(slice: number, options: ServerOptions = {}): (planned: Strike) => Promise<void> {
  let server: Server | undefined;
  let rows = 0;
  const close = async () => {
    await server?.close();
    server = undefined;
  };
  afterAll(close);
  return async (planned) => {
    if (rows++ % PLACES === 0) await close();
    server ??= await Server.start(slice, options);
    try {
      const id = await slotFor(server, planned.call);
      const hasCome = await strike(server, id, planned);
      // An entry of the log may be read when all is over; a point is exact.
      if ("point" in planned.moment)
        expect(hasCome, `never ${planned.moment.point}\n${server.log}`).toBe(true);
      await assertSettled(server, id, GOAL[planned.call]);
    } catch (error) {
      await close();
      throw error;
    }
  };
}
