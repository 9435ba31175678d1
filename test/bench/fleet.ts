// The peer: `openclaw fleet`, OpenClaw's own supervisor of one container per tenant, from npm, of the very release that
// Berth runs. It has a home of its own, so that nothing of the user's is touched.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { mergeSettings } from "../../infra/assistant/merge-settings.mjs";
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
export function fleetCreate(openclaw: string): Promise<Created> {
  return withFleet(openclaw, async (fleet) => {
    const over = new AbortController();
    try {
      await sleep(PAUSE_MS);
      const startedAt = performance.now();
      const since = () => performance.now() - startedAt;
      const create = fleet("create", TENANT, "--image", DEFAULT_ASSISTANT_IMAGE, "--port", String(PORT));
      const [ended, started] = await Promise.all([
        create.then(since),
        untilStarted(PORT, over.signal).then(since),
      ]);
      return { ended, started };
    } finally {
      over.abort();
    }
  });
}

/** A cell that has a channel. */
export interface Talking {
  readonly image: string;
  /** What its `openclaw.json` has besides fleet's own. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Makes it ready for what comes from the cell, which has not started. */
  onBridge(bridge: string): void;
}

/**
 * Milliseconds until what is waited for, of the two commands alone: a cell is made that does not start, its settings are
 * written, which is not counted, and it starts.
 */
export function fleetTalks(
  openclaw: string,
  { image, settings, variables, onBridge }: Talking,
  until: () => Promise<unknown>,
): Promise<number> {
  return withFleet(openclaw, async (fleet, home) => {
    const env = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    await sleep(PAUSE_MS);
    const createdAt = performance.now();
    await fleet("create", TENANT, "--image", image, "--port", String(PORT), ...env, "--no-start");
    const creating = performance.now() - createdAt;
    onBridge(await bridgeOfCell());
    const file = join(home, ".openclaw/fleet/cells", TENANT, "openclaw.json");
    const merged = mergeSettings(JSON.parse(await readFile(file, "utf8")), settings);
    await writeFile(file, JSON.stringify(merged));
    const startedAt = performance.now();
    await Promise.all([fleet("start", TENANT), until()]);
    return creating + performance.now() - startedAt;
  });
}

type Fleet = (...args: string[]) => Promise<unknown>;

/** One tenant's cell is removed with its data afterwards, and the home that the commands had. */
async function withFleet<Result>(
  openclaw: string,
  work: (fleet: Fleet, home: string) => Promise<Result>,
): Promise<Result> {
  const home = await mkdtemp(join(tmpdir(), "berth-fleet-"));
  const env = { PATH: process.env.PATH, HOME: home };
  const node = await fetchNode();
  const fleet: Fleet = (...args) => promisify(execFile)(node, [openclaw, "fleet", ...args], { env });
  try {
    return await work(fleet, home);
  } finally {
    await fleet("rm", TENANT, "--force", "--purge-data").catch(() => {});
    await rm(home, { recursive: true, force: true });
  }
}

/** Docker names the bridge of a network after its id, unless it is told a name. */
async function bridgeOfCell(): Promise<string> {
  const told = async (...args: string[]) => (await promisify(execFile)("docker", args)).stdout.trim();
  const cell = `openclaw-cell-${TENANT}`;
  const network = await told("inspect", "--format", "{{.HostConfig.NetworkMode}}", cell);
  return `br-${(await told("network", "inspect", "--format", "{{.Id}}", network)).slice(0, 12)}`;
}
