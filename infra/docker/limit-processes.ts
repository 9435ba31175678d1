// How many processes an assistant may have: the docker provider has no input for it, so it is set at the engine itself.
import { callEngine } from "./client.ts";

/** OpenClaw with a few tools at work has some dozens. */
export const MOST_PROCESSES = 512;

/**
 * Sets the limit of a container that runs; it holds after restarts, too.
 * @throws Error of the engine, e.g. when the container's runtime has no such limit.
 */
export async function limitProcesses(container: string): Promise<void> {
  await callEngine({
    method: "POST",
    path: `/containers/${container}/update`,
    options: { PidsLimit: MOST_PROCESSES },
  });
}
