// Moves a file into the place of another one inside a running container, at once. The engine's own way to write a file
// writes it piece by piece, and whoever reads it meanwhile reads half of it.
import { setTimeout as sleep } from "node:timers/promises";
import { callEngine } from "../engine-call.ts";

const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 20;
const USER = "1000:1000";

export interface Replacement {
  /** Writes the new file, as `from`. */
  readonly write: () => Promise<void>;
  /** Paths inside the container. */
  readonly from: string;
  readonly to: string;
}

/** @returns whether it was done: not in a container that does not run, or has no `mv` */
export async function replaceInside(container: string, { write, from, to }: Replacement): Promise<boolean> {
  const exec = await createExec(container, ["mv", "-fT", from, to]);
  if (!exec) return false;
  await write();
  await callEngine({ method: "POST", path: `/exec/${exec}/start`, options: { Detach: true } });
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const path = `/exec/${exec}/json`;
    const { Running, ExitCode } = await callEngine<{ Running: boolean; ExitCode: number | null }>({
      method: "GET",
      path,
    });
    if (!Running && ExitCode !== null) return ExitCode === 0;
    await sleep(LOOK_EVERY_MS);
  }
  return false;
}

/** Undefined where there is no such container, or it does not run. */
async function createExec(container: string, command: readonly string[]): Promise<string | undefined> {
  try {
    const options = { Cmd: command, User: USER };
    const { Id } = await callEngine<{ Id: string }>({
      method: "POST",
      path: `/containers/${container}/exec`,
      options,
    });
    return Id;
  } catch (error) {
    const { statusCode } = error as { readonly statusCode?: number };
    if (statusCode === 404 || statusCode === 409) return undefined;
    throw error;
  }
}
