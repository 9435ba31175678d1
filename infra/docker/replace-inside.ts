// Moves a file into the place of another one inside a running container, at once. The engine's own way to write a file
// writes it piece by piece, and a reader meanwhile reads half of it.
import { setTimeout as sleep } from "node:timers/promises";
import { callEngine, unless, unlessGone } from "./client.ts";

const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 20;
const unlessRefused = unless(400, 404, 409);

export interface Replacement {
  /** Writes the new file, as `from`. */
  readonly write: () => Promise<void>;
  /** Paths inside the container. */
  readonly from: string;
  readonly to: string;
}

interface Found {
  readonly State: { readonly Running: boolean; readonly Restarting: boolean };
  readonly Config: { readonly User: string };
}

/** The user of a container that runs, as the engine was given it; null if it does not, undefined if there is none. */
export async function runsAs(container: string): Promise<string | null | undefined> {
  const asked = callEngine<Found>({ method: "GET", path: `/containers/${container}/json` });
  const found = await asked.catch(unlessGone);
  return found && (found.State.Running && !found.State.Restarting ? found.Config.User : null);
}

/** @returns whether it was done: not in a container that does not run, or has no `mv` */
export async function replaceInside(container: string, { write, from, to }: Replacement): Promise<boolean> {
  const exec = await createExec(container, ["mv", "-fT", from, to]);
  if (!exec) return false;
  await write();
  if (!(await startExec(exec))) return false;
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

/** Not in a container that does not run, or has no `rm`. */
export async function removeInside(container: string, path: string): Promise<void> {
  const exec = await createExec(container, ["rm", "-f", path]);
  if (exec) await startExec(exec);
}

/** Undefined where there is no such container, or it does not run. */
async function createExec(container: string, command: readonly string[]): Promise<string | undefined> {
  const options = { Cmd: command };
  const path = `/containers/${container}/exec`;
  const created = callEngine<{ Id: string }>({ method: "POST", path, options });
  return (await created.catch(unlessRefused))?.Id;
}

/** False where there is no such program, or the container has ended meanwhile. */
async function startExec(exec: string): Promise<boolean> {
  const started = callEngine({ method: "POST", path: `/exec/${exec}/start`, options: { Detach: true } });
  return started.then(() => true, unlessRefused).then(Boolean);
}
