// The container engine's events: which deployment something happens to. What happened is seen by looking.
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { z } from "zod";
import { deploymentOf } from "../args.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** Those that can change what is compared; health checks alone would be an event a second. */
const FOLLOWED = {
  type: ["container", "network", "volume"],
  event: [
    ...["create", "start", "die", "oom", "pause", "unpause", "rename", "update", "destroy"],
    ...["connect", "disconnect"],
  ],
} satisfies Docker.GetEventsOptions["filters"];

const Event = z.object({
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
});

export interface Follower {
  /** Something of that deployment may have changed. */
  onChange(deploymentId: string): void;
  /** The events begin here, or have ended: what happens outside of them is not reported. */
  onGap(): void;
}

/** Follows the engine's events until the signal; an engine that goes away is tried again and again. */
export async function followEngine(follower: Follower, signal: AbortSignal): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const events = await new Docker().getEvents({ filters: FOLLOWED, abortSignal: signal });
      pauseMs = FIRST_PAUSE_MS;
      follower.onGap();
      for await (const line of linesOf(events)) {
        const id = deploymentIn(line);
        if (id) follower.onChange(id);
      }
    } catch {
      // The caller finds out whether Docker is away.
    }
    if (signal.aborted) return;
    follower.onGap();
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Whole lines of a stream of the engine. */
export async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of stream.setEncoding("utf8")) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Networks and volumes are reported by their names alone. What Berth itself looks into a volume by is nobody's change. */
function deploymentIn(line: string): string | undefined {
  const { ID, Attributes } = Event.parse(JSON.parse(line)).Actor;
  if (Attributes && DOOR_LABEL in Attributes) return undefined;
  return Attributes?.[DEPLOYMENT_LABEL] ?? deploymentOf(Attributes?.name ?? "") ?? deploymentOf(ID);
}
