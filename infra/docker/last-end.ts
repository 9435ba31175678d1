// How a container that runs again has ended before. Its own state does not say it any more; the engine's events do.
import type Docker from "dockerode";
import { z } from "zod";
import { linesOf } from "./events.ts";

/** The engine keeps its last 256 events. */
const WITHIN_S = 600;
const TIMEOUT_MS = 5_000;

const Event = z.object({
  Action: z.string(),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()).nullish() }),
});

interface End {
  readonly OOMKilled: boolean;
  readonly ExitCode: number;
}

/** Its last one within ten minutes; undefined if the engine knows of none. @throws Error of the engine */
export async function lastEnd(docker: Docker, containerId: string): Promise<End | undefined> {
  const now = Math.ceil(Date.now() / 1_000);
  const filters = {
    type: ["container"],
    container: [containerId],
    event: ["oom", "die"],
  } satisfies Docker.GetEventsOptions["filters"];
  const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
  const events = await docker.getEvents({ since: now - WITHIN_S, until: now, filters, abortSignal });
  const lines: string[] = [];
  for await (const line of linesOf(events)) lines.push(line);
  return lastEndIn(lines);
}

/** @param lines of the engine, an event each, the oldest first */
export function lastEndIn(lines: readonly string[]): End | undefined {
  let end: End | undefined;
  let isOutOfMemory = false;
  for (const line of lines) {
    const { Action, Actor } = Event.parse(JSON.parse(line));
    if (Action === "oom") isOutOfMemory = true;
    const code = Actor.Attributes?.exitCode;
    if (Action !== "die" || code === undefined) continue;
    end = { OOMKilled: isOutOfMemory, ExitCode: Number(code) };
    isOutOfMemory = false;
  }
  return end;
}
