// Cutting a backup off in the middle, and how it has to look after that.
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { resourceName } from "../../../infra/args.ts";
import { docker } from "../docker.ts";
import { asAssistant } from "../state.ts";
import { Server } from "./server.ts";
import { untilSettled } from "./settled.ts";
import { accepted, slotFor } from "./strike.ts";

/** An active assistant with so much data that its backup takes seconds. */
export async function withMuchData(server: Server): Promise<string> {
  const id = await slotFor(server, "stop");
  asAssistant(id, "head -c 104857600 /dev/urandom > much");
  return id;
}

/** Asks for a backup and waits until it is being written, while the assistant stands still. */
export async function whileWritten(server: Server, id: string): Promise<string> {
  const { body } = await server.call("POST", `${id}/backups`);
  await untilWritten(server, id);
  expect(await isRunning(id), "it stands still").toBe(false);
  return String(body.data?.backupId);
}

export async function untilWritten(server: Server, id: string): Promise<void> {
  await until(() => backupFiles(server, id).some((name) => name.endsWith(".part")));
}

/** Kills somebody in the middle of a backup: it is made all the same, and nothing else is left of it. */
export async function cutOff(
  slice: number,
  strike: (server: Server, halfFile: string) => Promise<readonly number[]>,
): Promise<void> {
  const server = await Server.start(slice);
  try {
    const id = await withMuchData(server);
    const backupId = await whileWritten(server, id);
    const killed = await strike(server, join(server.dataDir, "backups", id, `${backupId}.age.part`));
    expect(killed.length).toBeGreaterThan(0);
    await server.restartIfKilled(killed);
    const settled = await untilSettled(server, id);
    expect(settled).toMatchObject({ status: "active", operation: { kind: "backup", state: "succeeded" } });
    const { body } = await server.call("GET", `${id}/backups/${backupId}`);
    expect(body.data).toMatchObject({ state: "ready" });
    expect(await isRunning(id)).toBe(true);
    await until(() => backupFiles(server, id).join() === `${backupId}.age`);
    await accepted(server, id, "delete");
    await untilSettled(server, id);
  } finally {
    await server.close();
  }
}

export function backupFiles(server: Server, id: string): string[] {
  try {
    return readdirSync(join(server.dataDir, "backups", id));
  } catch {
    return [];
  }
}

/** Kills the process that has the file open. */
export function killWriter(file: string): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Boolean);
  const writers = pids.filter((pid) => openFilesOf(pid).includes(file));
  for (const pid of writers) process.kill(pid, "SIGKILL");
  return writers;
}

function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

export async function isRunning(id: string): Promise<boolean> {
  return (await docker.getContainer(resourceName(id)).inspect()).State.Running;
}

export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 300_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await isSo()); await sleep(10))
    if (Date.now() > deadline) throw new Error("It did not come to that.");
}
