// Runs a helper to its end, by few calls of the engine and without its whole client: the settings are written by it.
import { callEngine, unless } from "./client.ts";
import type { helperOptions } from "./helper-options.ts";

/** The engine's answers about a program that is not there. */
const unlessRefused = unless(400, 404);

/**
 * How it has ended, as a shell says it; undefined with an image that lacks `sh`. Nothing of it is left.
 * @throws Error of the engine
 */
export async function runToEnd(options: ReturnType<typeof helperOptions>): Promise<number | undefined> {
  const path = "/containers/create";
  const { Id } = await callEngine<{ Id: string }>({ method: "POST", path, options });
  try {
    const started = callEngine({ method: "POST", path: `/containers/${Id}/start` });
    if (!(await started.then(() => true, unlessRefused))) return undefined;
    const ended = callEngine<{ StatusCode: number }>({ method: "POST", path: `/containers/${Id}/wait` });
    return (await ended).StatusCode;
  } finally {
    await callEngine({ method: "DELETE", path: `/containers/${Id}?`, options: { force: true, v: true } });
  }
}
