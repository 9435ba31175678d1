// Ends the waiting of assistants that were started ahead of their activation: after its time, for newer ones, where one ends
// again and again. What a Berth that was killed has left is found by asking the engine.
import type { Logger } from "pino";
import { RESTARTS_OF_A_CRASH_LOOP } from "../../../infra/docker/last-words.ts";
import { lookClosely, observe } from "../../../infra/docker/observe.ts";
import { EngineAway, type Place } from "../../../infra/target.ts";
import { openTarget } from "../../../infra/targets.ts";
import { regularly } from "../../async.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { isPrebooted, recordedOutputs } from "../../deployments/outputs.ts";
import { mostPrebooted, overNow } from "../../deployments/preboot.ts";
import { endPreboot, SLOTS_WITHOUT } from "../../operations/end-preboot.ts";
import type { LifecycleContext } from "../../operations/enqueue.ts";
import { isAtRest } from "../../operations/operations.ts";

interface Parts extends LifecycleContext {
  readonly log: Logger;
}

const LOOK_EVERY_MS = 5_000;
/** For what no record names. */
const SEARCH_EVERY_MS = 5 * 60_000;

/** Starts watching. The returned function ends that. */
export function watchPreboots(parts: Parts, place: Place): () => Promise<void> {
  let searchAt = 0;
  return regularly(LOOK_EVERY_MS, async () => {
    try {
      await endOver(parts, place);
      if (performance.now() < searchAt) return;
      await endUnrecorded(parts);
      searchAt = performance.now() + SEARCH_EVERY_MS;
    } catch (error) {
      // watch.ts reports an engine that is away.
      if (error instanceof EngineAway) return;
      parts.log.error({ err: error }, "ending assistants that wait for their activation failed");
    }
  });
}

/** @throws EngineAway, Error of the database */
async function endOver(parts: Parts, place: Place): Promise<void> {
  const slots = await slotsWithout(parts).where("preboot_until", "is not", null).execute();
  if (slots.length === 0) return;
  const target = await openTarget(place);
  const most = mostPrebooted(parts.settings, await target.readMemory?.().catch(() => undefined));
  const waiting = await Promise.all(
    slots.map(async (slot) => ({
      id: slot.id,
      until: slot.preboot_until ?? new Date(0),
      isPaid: slot.status === "purchased",
      isWell: await isWell(slot),
    })),
  );
  for (const id of overNow(waiting, { now: new Date(), most })) await end(parts, id);
}

/** Containers of slots that no record names. @throws EngineAway, Error of the database */
async function endUnrecorded(parts: Parts): Promise<void> {
  const slots = await slotsWithout(parts)
    .where("preboot_until", "is", null)
    .where("stack_exists", "=", true)
    .execute();
  if (slots.length === 0) return;
  const found = await observe(slots.map(({ id }) => id));
  for (const { id } of slots) if ((found.get(id)?.containers ?? []).length > 0) await end(parts, id);
}

function slotsWithout({ sql }: Parts) {
  return sql.selectFrom("deployments").selectAll().where("status", "in", SLOTS_WITHOUT).where(isAtRest);
}

async function isWell(slot: Deployment): Promise<boolean> {
  const containerId = isPrebooted(slot) ? recordedOutputs(slot.outputs)?.containerId : null;
  const found = containerId ? await lookClosely(containerId) : undefined;
  if (found?.state !== "running") return false;
  return (found.close?.restarts ?? 0) < RESTARTS_OF_A_CRASH_LOOP;
}

async function end(parts: Parts, id: string): Promise<void> {
  if (await endPreboot(parts, id))
    parts.log.info({ deployment: id }, "an assistant no longer waits for its activation");
}
