// What must hold of a deployment whatever has happened to it: it settles, and nothing of what was cut off is left.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { REPAIR, type Status, type Wanted } from "./calls.ts";
import { ownedBy } from "./owned.ts";
import { orphansOf } from "./processes.ts";
import type { Server } from "./server.ts";

const SETTLE_TIMEOUT_MS = 300_000;
/** For what ends by itself after the record says so: a lock that is given back, a process that exits. */
const QUIET_TIMEOUT_MS = 60_000;

/**
 * Waits until the deployment is in that state, or has failed with a cause; proves that it has what this state means
 * and nothing else; and after a failure, that the call works when it is made again.
 * @returns the code of the cause if it had failed
 */
export async function assertSettled(server: Server, id: string, wanted: Wanted): Promise<string | undefined> {
  const first = await untilSettled(server, id);
  await assertConsistent(server, id, first).catch((error: Error) => {
    error.message += `\n${told(server, first)}`;
    throw error;
  });
  if (first.status !== "failed") {
    expect(first.status, told(server, first)).toBe(wanted);
    return undefined;
  }
  expect(first.operation?.error?.message, "a failure has a cause").toBeTruthy();
  const repeated = await server.lifecycle(id, REPAIR[wanted]);
  expect(repeated.status, JSON.stringify(repeated.body)).toBe(202);
  const second = await untilSettled(server, id);
  expect(second.status, told(server, second)).toBe(wanted);
  await assertConsistent(server, id, second);
  return first.operation?.error?.code ?? "";
}

/** Polls until no operation of the deployment is under way; the server may be away meanwhile. */
export async function untilSettled(server: Server, id: string): Promise<Status> {
  let last: Status | undefined;
  for (const deadline = Date.now() + SETTLE_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    last = (await server.status(id).catch(() => undefined)) ?? last;
    if (last?.operation?.finishedAt && !/ing$/.test(last.status)) return last;
  }
  throw new Error(`Not settled within ${SETTLE_TIMEOUT_MS / 1000} s: ${told(server, last)}`);
}

/** Engine, state, locks and processes agree with the status of a deployment that has settled. */
export async function assertConsistent(server: Server, id: string, { status }: Status): Promise<void> {
  const owned = await ownedBy(server.engine, id);
  if (status === "active") expect(owned.containers, "containers").toMatchObject([{ isRunning: true }]);
  else
    expect(owned.containers.length, `containers of ${status}`).toBeLessThanOrEqual(
      status === "failed" ? 1 : 0,
    );
  if (status === "deleted") expect(owned).toEqual({ containers: [], networks: [], volumes: [] });
  else await assertKnown(server, id, owned);
  const left = await quiet(async () => [
    ...locksOf(server, id),
    ...(await orphansOf(server.folder, [server.pid, ...server.workers])),
  ]);
  expect(left, "locks and processes left").toEqual([]);
}

/** Nothing is pending in the stack, and it knows all that carries the deployment's label. */
async function assertKnown(
  server: Server,
  id: string,
  { containers, networks, volumes }: Awaited<ReturnType<typeof ownedBy>>,
): Promise<void> {
  const { status, body } = await server.call("GET", `${id}/stack`);
  expect(status, JSON.stringify(body)).toBe(200);
  const stack = body.data as unknown as { pendingOperations: number; resources: { id: string }[] } | null;
  expect(stack?.pendingOperations ?? 0, "pending operations").toBe(0);
  const known = new Set(stack?.resources.map((resource) => resource.id));
  const engineHas = [...containers.map((container) => container.id), ...networks, ...volumes];
  expect(
    engineHas.filter((one) => !known.has(one)),
    "unknown to the stack",
  ).toEqual([]);
}

function locksOf(server: Server, id: string): string[] {
  try {
    return readdirSync(join(locksFolder(server), id));
  } catch {
    return [];
  }
}

/** Where Pulumi keeps the locks of Berth's stacks. */
export function locksFolder({ dataDir }: Server): string {
  return join(dataDir, "state/.pulumi/locks/organization/berth");
}

/** Asks until nothing is left, for a while. */
async function quiet(left: () => Promise<string[]>): Promise<string[]> {
  for (const deadline = Date.now() + QUIET_TIMEOUT_MS; ; await sleep(200)) {
    const found = await left();
    if (found.length === 0 || Date.now() > deadline) return found;
  }
}

function told(server: Server, status: Status | undefined): string {
  return `${JSON.stringify(status)}\n${server.log}`;
}
