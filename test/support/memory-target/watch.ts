// What was asked for against what the world has. Importing it adds its row to the table of watchers.
import { setTimeout as sleep } from "node:timers/promises";
import { EngineAway } from "../../../infra/target.ts";
import { untilStopped } from "../../../stacks/async.ts";
import type { Difference } from "../../../stacks/database/deployment-table.ts";
import { compareRegularly, type Observer } from "../../../stacks/watch/drift-watch.ts";
import type { Settled } from "../../../stacks/watch/observations.ts";
import { TARGET_WATCHES, type WatchingParts } from "../../../stacks/watch/watchers.ts";
import { callWorld } from "./call.ts";
import { type MemoryPlace, WORLDS } from "./place.ts";
import type { Held } from "./world.ts";

const PERIOD_MS = 200;

for (const name of WORLDS.keys())
  TARGET_WATCHES.set(name, {
    readyHost: async () => () => [],
    watch: (parts: WatchingParts, place: MemoryPlace) => [
      untilStopped((signal) => compareRegularly(parts, place, worldObserver(place, signal), signal)),
    ],
  });

function worldObserver({ url }: MemoryPlace, signal: AbortSignal): Observer {
  return {
    name: "the world",
    awayAfterMs: 0,
    async untilDue() {
      await sleep(PERIOD_MS, undefined, { signal }).catch(() => {});
      return undefined;
    },
    async look(deployments, compare) {
      for (const deployment of deployments) {
        const held = await callWorld<Held | null>(url, "look", { id: deployment.id }).catch(
          (error: unknown) => {
            throw new EngineAway(error);
          },
        );
        await compare(deployment, async () => ({ difference: difference(deployment, held) }));
      }
    },
  };
}

function difference({ status }: Pick<Settled, "status">, held: Held | null): Difference | undefined {
  if (!held) return { state: "missing", detail: "The world has nothing of it any more." };
  const isRunning = held.assistant?.isRunning ?? false;
  if (status === "active" && !isRunning) return { state: "ended", detail: "It does not run." };
  if (status === "stopped" && isRunning) return { state: "unexpected", detail: "It is stopped, and runs." };
  return undefined;
}
