// What was asked for against what the world has, again and again. Importing it adds its row to the table of watchers.

import { regularly, someAtOnce } from "../../../stacks/async.ts";
import type { Difference } from "../../../stacks/database/deployment-table.ts";
import type { Deployment } from "../../../stacks/deployments/deployments.ts";
import { livesIn } from "../../../stacks/deployments/regions.ts";
import { listSettled, recordSeen, recordUnknown } from "../../../stacks/watch/observations.ts";
import { TARGET_WATCHES, type WatchingParts } from "../../../stacks/watch/watchers.ts";
import { callWorld } from "./call.ts";
import type { MemoryPlace } from "./place.ts";
import type { Held } from "./world.ts";

const PERIOD_MS = 200;

TARGET_WATCHES.set("memory", {
  readyHost: async () => () => [],
  watch: ({ sql, settings }: WatchingParts, place: MemoryPlace) => [
    regularly(PERIOD_MS, async () => {
      const all = await listSettled(sql);
      const here = all.filter((deployment) => livesIn(place, settings, deployment));
      await someAtOnce(here, 8, async (deployment) => {
        const held = await callWorld<Held | null>(place.url, "look", { id: deployment.id });
        await recordSeen(sql, deployment, difference(deployment, held));
      }).catch(() =>
        recordUnknown(
          sql,
          here.map(({ id }) => id),
        ),
      );
    }),
  ],
});

function difference({ status }: Deployment, held: Held | null): Difference | undefined {
  if (!held) return { state: "missing", detail: "The world has nothing of it any more." };
  const isRunning = held.assistant?.isRunning ?? false;
  if (status === "active" && !isRunning) return { state: "ended", detail: "It does not run." };
  if (status === "stopped" && isRunning) return { state: "unexpected", detail: "It is stopped, and runs." };
  return undefined;
}
