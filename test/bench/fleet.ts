// The peer: `openclaw fleet`, OpenClaw's own supervisor of one container per tenant, from npm, of the very release that
// Berth runs. It has a home of its own, so that nothing of the user's is touched.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { DEFAULT_ASSISTANT_IMAGE, OPENCLAW_VERSION } from "../../infra/assistant/openclaw.ts";
import { installOpenclaw } from "../../infra/docker/images/build-openclaw.ts";
import { cached, cacheFolder } from "../../infra/toolchain/cache.ts";
import { fetchNode } from "../../infra/toolchain/node.mjs";
import { untilStarted } from "./docker-run.ts";
import { PAUSE_MS } from "./pace.ts";

const TENANT = "berth-bench";
const PORT = 32_760;

/** Milliseconds since `fleet create` was called. */
export interface Created {
  /** Until it has ended: it waits for `/healthz`. */
  readonly ended: number;
  /** Until the cell says on `/startupz` that it has started, which is what Berth waits for. */
  readonly started: number;
}

/** Path of the program, installed if it is not there yet. @throws SetupError */
export async function ensureOpenclaw(): Promise<string> {
  const cache = await cacheFolder(process.env);
  const folder = await cached(cache, `openclaw-cli-${OPENCLAW_VERSION}`, (empty) =>
    installOpenclaw(empty, process.env),
  );
  return join(folder, "node_modules/openclaw/openclaw.mjs");
}

/** A cell of the same image, with fleet's defaults: made, measured and removed with its data. */
export async function fleetCreate(openclaw: string): Promise<Created> {
  const home = await mkdtemp(join(tmpdir(), "berth-fleet-"));
  const env = { PATH: process.env.PATH, HOME: home };
  const node = await fetchNode();
  const fleet = (...args: string[]) => promisify(execFile)(node, [openclaw, "fleet", ...args], { env });
  const over = new AbortController();
  try {
    await sleep(PAUSE_MS);
    const startedAt = performance.now();
    const since = () => performance.now() - startedAt;
    const [ended, started] = await Promise.all([
      fleet("create", TENANT, "--image", DEFAULT_ASSISTANT_IMAGE, "--port", String(PORT)).then(since),
      untilStarted(PORT, over.signal).then(since),
    ]);
    return { ended, started };
  } finally {
    over.abort();
    await fleet("rm", TENANT, "--force", "--purge-data").catch(() => {});
    await rm(home, { recursive: true, force: true });
  }
}
