// Paid slots whose assistant waits for its activation, as the engine has them.
import { setTimeout as sleep } from "node:timers/promises";
import { paidSlot, type TestBerth } from "./berth.ts";
import { docker, inside, labelled } from "./docker.ts";

const WITHIN_MS = 300_000;

/** A paid slot, once its assistant waits and answers. */
export async function prebootedSlot(berth: TestBerth, withinMs = WITHIN_MS): Promise<string> {
  const id = await paidSlot(berth);
  await untilWaiting(berth, id, withinMs);
  return id;
}

/** @throws Error when it does not come to wait */
export async function untilWaiting(berth: TestBerth, id: string, withinMs = WITHIN_MS): Promise<void> {
  for (const deadline = Date.now() + withinMs; ; await sleep(150)) {
    const [record] = await recordOf(berth, id);
    const endpoint = record?.outputs?.status === "waiting" ? String(record.outputs.endpoint) : undefined;
    const says = endpoint && (await fetch(`${endpoint}/startupz`).then((it) => it.text(), String));
    if (says?.includes('"started"')) return;
    if (Date.now() > deadline) throw new Error(`It does not wait: ${JSON.stringify(record)} ${says}`);
  }
}

/** Waits until its slot is back to network and volume. */
export async function untilGone(berth: TestBerth, id: string): Promise<void> {
  for (const deadline = Date.now() + WITHIN_MS; ; await sleep(150)) {
    const [record] = await recordOf(berth, id);
    const { containers } = await labelled(id);
    if (containers.length === 0 && record?.outputs?.status === "stopped") return;
    if (Date.now() > deadline) throw new Error(`It still waits: ${containers}, ${JSON.stringify(record)}`);
  }
}

function recordOf({ installation }: TestBerth, id: string) {
  return installation.sql
    .selectFrom("deployments")
    .select(["outputs", "preboot_until", "status"])
    .where("id", "=", id)
    .execute();
}

export async function containerOf(id: string): Promise<string> {
  return (await docker.getContainer(`berth-${id}`).inspect()).Id;
}

export function settingsOf(id: string): Readonly<Record<string, unknown>> {
  return JSON.parse(inside(id, "cat", "/home/node/.openclaw/openclaw.json"));
}
