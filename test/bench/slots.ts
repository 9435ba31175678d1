// Many deployments of one server at once: made, waited for, and deleted until nothing of them is left.
import { setTimeout as sleep } from "node:timers/promises";
import { listLabelled } from "../../infra/docker/engine.ts";
import { DEPLOYMENT_LABEL } from "../../infra/docker/names.ts";
import type { Report } from "../../infra/toolchain/progress.ts";
import { GOAL, type LifecycleCall, type Status } from "../support/faults/calls.ts";
import type { Server } from "../support/faults/server.ts";
import { untilSettled } from "../support/faults/settled.ts";
import { accepted } from "../support/faults/strike.ts";
import { bytesOf } from "../support/resources.ts";

/** Room for more deployments than a slice of the tests has. */
export const ROOM = { BERTH_PORT_RANGE: "24500-24899", BERTH_SUBNET_POOL: "10.220.0.0/16" };
/** Between two reads: as many as some hundred patient customers make, not so many that they are what is measured. */
const ASK_EVERY_MS = 10;
/** None of many came to its status for so long: none will. */
const STALLED_MS = 10 * 60_000;
const SILENT: Report = () => {};

/** Paid slots with their networks and volumes. @throws Error when one could not be prepared */
export async function preparedSlots(server: Server, count: number, report = SILENT): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push(await server.buy());
  for (const [n, id] of ids.entries()) {
    report(`${n} of ${count}`);
    refuseFailure(id, await untilSettled(server, id));
  }
  return ids;
}

/** What was seen while all came to a status. */
export interface Progress {
  /** Milliseconds until each was there. */
  readonly times: readonly number[];
  /** Milliseconds that each read of a status took. */
  readonly reads: readonly number[];
}

/**
 * Makes the call for all at once and reads their statuses, one after the other, until all are there.
 * @throws Error when one fails, or none comes there any more
 */
export async function allAtOnce(
  server: Server,
  ids: readonly string[],
  call: LifecycleCall,
  report = SILENT,
): Promise<Progress> {
  const startedAt = performance.now();
  await Promise.all(ids.map((id) => accepted(server, id, call)));
  const [times, reads]: [number[], number[]] = [[], []];
  const waiting = new Set(ids);
  let lastAt = startedAt;
  while (waiting.size > 0) {
    report(`${times.length} of ${ids.length}`);
    if (performance.now() - lastAt > STALLED_MS)
      throw new Error(`Not ${GOAL[call]}: ${[...waiting].join(", ")}\n${server.log}`);
    for (const id of waiting) {
      await sleep(ASK_EVERY_MS);
      const askedAt = performance.now();
      const status = await server.status(id);
      reads.push(performance.now() - askedAt);
      refuseFailure(id, status);
      if (status.status !== GOAL[call]) continue;
      lastAt = performance.now();
      times.push(lastAt - startedAt);
      waiting.delete(id);
    }
  }
  return { times, reads };
}

/** Deletes all and waits until that is done. @throws Error when anything is left of them */
export async function deleteAll(server: Server, ids: readonly string[], report = SILENT): Promise<Progress> {
  const progress = await allAtOnce(server, ids, "delete", report);
  const { containers, networks, volumes } = await listLabelled(server.engine, DEPLOYMENT_LABEL);
  const labelled = [...containers, ...networks, ...volumes].map(({ Labels }) => Labels?.[DEPLOYMENT_LABEL]);
  const left = ids.filter((id) => labelled.includes(id) || bytesOf(server.dataDir, id) > 0);
  if (left.length > 0) throw new Error(`Something is left of ${left.join(", ")}.`);
  return progress;
}

function refuseFailure(id: string, { status, operation }: Status): void {
  const isFailed = status === "failed" || operation?.state === "failed";
  if (isFailed) throw new Error(`${id} failed: ${operation?.error?.message}`);
}
