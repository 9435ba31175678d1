// The OCI runtime that assistants' containers are run by, where it isn't the engine's own default.
import Docker from "dockerode";

const TIMEOUT_MS = 5_000;

/** @throws Error when the engine does not know it. One that is away says so when it is needed. */
export async function assertRuntime(name: string): Promise<void> {
  const info = await new Docker({ timeout: TIMEOUT_MS }).info().catch(() => undefined);
  if (!info) return;
  const known = Object.keys((info as { readonly Runtimes?: object }).Runtimes ?? {});
  if (known.includes(name)) return;
  throw new Error(
    `BERTH_RUNTIME is ${name}, which the Docker engine does not know; it knows ${known.join(", ")}. Install it, name it under "runtimes" in /etc/docker/daemon.json and restart Docker, or unset BERTH_RUNTIME.`,
  );
}
