// Docker, which the plugin works on, and what is read from its errors.
import Docker from "dockerode";

const IN_USE = /has active endpoints|volume is in use/;
const RETRY_MS = 200;
const GIVE_UP_AFTER_MS = 30_000;

/** What the kinds of resource work with. */
export interface Engine {
  readonly docker: Docker;
  /** Ends waiting, never a step that would be left half done. */
  readonly cancelled: AbortSignal;
}

/** @param host the provider's own setting; without it DOCKER_HOST or the usual socket counts */
export function connect(host: string | undefined): Docker {
  if (!host) return new Docker();
  const { protocol, pathname, hostname, port } = new URL(host);
  if (protocol === "unix:") return new Docker({ socketPath: pathname });
  if (protocol === "tcp:") return new Docker({ host: hostname, port: port || 2375, protocol: "http" });
  throw new Error(
    `Berth's stand-in plugin can't reach an engine at ${host}. Use unix:// or tcp://, or DOCKER_HOST.`,
  );
}

/** The engine's own sentence, without what the client has put around it. */
export function engineMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, json } = error as { code?: string; json?: { message?: string } };
  if (json?.message) return json.message;
  const isAway = code !== undefined && /^E[A-Z]+$/.test(code);
  return isAway ? `Cannot connect to the Docker daemon. Is it running? (${error.message})` : error.message;
}

/** Resolves to undefined where the engine answers with one of the statuses. */
export async function allowing<Result>(
  statuses: readonly number[],
  work: Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** Removes a thing that others may still hold for a moment. Gone already is as good. */
export async function removeWhenUnused({ cancelled }: Engine, remove: () => Promise<unknown>): Promise<void> {
  for (const deadline = performance.now() + GIVE_UP_AFTER_MS; ; ) {
    try {
      await allowing([404], remove());
      return;
    } catch (error) {
      if (!IN_USE.test(engineMessage(error)) || performance.now() > deadline || cancelled.aborted)
        throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error ? Number(error.statusCode) : undefined;
}
