// Calls and faults in any order over a few deployments: whatever happens, what was last accepted comes to be.
// FAULTS_SECONDS and FAULTS_SEED make it longer, or the same again.

import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { fc } from "../support/fast-check.ts";
import { GOAL, type LifecycleCall } from "../support/faults/calls.ts";
import { kill, type Victim } from "../support/faults/processes.ts";
import { Server } from "../support/faults/server.ts";
import { assertSettled, untilSettled } from "../support/faults/settled.ts";
import { slotFor } from "../support/faults/strike.ts";

const DURATION_MS = Number(process.env.FAULTS_SECONDS ?? 90) * 1000;
const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 2 ** 31);
const DEPLOYMENTS = 3;
/** The last checks of the deployments, beyond the duration. */
const SLACK_MS = 400_000;
/** More than one run can have. */
const MAX_STEPS = 5_000;

const call = fc.record({
  call: fc.constantFrom<LifecycleCall>("activate", "redeploy", "redeploy", "stop", "stop", "delete"),
  deployment: fc.nat({ max: DEPLOYMENTS - 1 }),
});
const fault = fc.record({
  kill: fc.constantFrom<Victim>("everything", "server", "operation process", "pulumi", "plugin"),
});
const byHand = fc.record({
  container: fc.constantFrom("remove", "stop"),
  deployment: fc.nat({ max: DEPLOYMENTS - 1 }),
});
const pause = fc.record({ waitMs: fc.nat({ max: 4_000 }) });
const step = fc.oneof(
  { arbitrary: call, weight: 4 },
  { arbitrary: pause, weight: 4 },
  { arbitrary: fault, weight: 2 },
  { arbitrary: byHand, weight: 1 },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A deployment, and the last call on it that was accepted. */
interface Slot {
  id: string;
  last: LifecycleCall | undefined;
}

it(`survives anything for ${DURATION_MS / 1000} s (FAULTS_SEED=${SEED})`, {
  timeout: DURATION_MS + SLACK_MS,
}, async () => {
  const server = await Server.start(78, { hasOwnPlugins: true });
  const done: Step[] = [];
  try {
    const slots: Slot[] = [];
    for (let n = 0; n < DEPLOYMENTS; n++)
      slots.push({ id: await slotFor(server, "activate"), last: undefined });
    const steps = fc.sample(step, { seed: SEED, numRuns: MAX_STEPS }).values();
    for (const end = Date.now() + DURATION_MS; Date.now() < end; ) {
      const next = steps.next().value;
      if (!next) break;
      done.push(next);
      await carryOut(server, slots, next);
    }
    for (const slot of slots) await assertGoal(server, slot);
  } catch (error) {
    console.error(`FAULTS_SEED=${SEED}, after ${JSON.stringify(done)}\n${server.log}`);
    throw error;
  } finally {
    await server.close();
  }
});

async function carryOut(server: Server, slots: Slot[], next: Step): Promise<void> {
  if ("waitMs" in next) await sleep(next.waitMs);
  else if ("kill" in next) {
    await server.restartIfKilled(await kill(server.folder, next.kill, 0));
  } else {
    const slot = slots[next.deployment];
    if (slot && "container" in next) await meddle(server, slot.id, next.container);
    else if (slot && "call" in next) await make(server, slot, next.call);
  }
}

async function make(server: Server, slot: Slot, call: LifecycleCall): Promise<void> {
  const { status, body } = await server.lifecycle(slot.id, call);
  expect([202, 404, 409], JSON.stringify(body)).toContain(status);
  if (status === 202) slot.last = call;
  // One that is gone makes room for the next, once nothing of it is left.
  if (status !== 404) return;
  await assertGoal(server, slot);
  Object.assign(slot, { id: await server.buy(), last: undefined });
}

async function meddle(server: Server, id: string, how: string): Promise<void> {
  const container = server.engine.getContainer(`berth-${id}`);
  // It may not be there, or be on its way.
  if (how === "remove") await container.remove({ force: true }).catch(() => {});
  else await container.stop({ t: 0 }).catch(() => {});
}

async function assertGoal(server: Server, { id, last }: Slot): Promise<void> {
  const { status } = await untilSettled(server, id);
  if (!last) {
    expect(status).toBe("purchased");
    return;
  }
  // What was done to a container by hand is mended by a redeploy.
  const isMended = GOAL[last] === "active" && (await server.lifecycle(id, "redeploy")).status === 202;
  if (!isMended) expect([GOAL[last], "failed"]).toContain(status);
  await assertSettled(server, id, GOAL[last]);
}
