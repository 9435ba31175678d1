// What the engine and the file system say of a container that keeps ending: facts, from which causes may be read, unlike from
// its own words.
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { counted } from "../sentences.ts";
import { DISK_FULL_BELOW, NO_ROOM } from "../target.ts";
import { lastEnd } from "./last-end.ts";
import { howItEnded } from "./last-words.ts";
import { readDisk } from "./measure-volume.ts";
import { DEPLOYMENT_LABEL, isDataVolume } from "./names.ts";

/** While it runs, the engine does not say how it has ended before. */
const ENDS_AGAIN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;
const MIB = 1024 * 1024;

/** Measures while nothing else uses the volume with the data; not at all if that can't be had. */
type WhileFree = (measure: () => Promise<string | undefined>) => Promise<string | undefined>;

/**
 * For the end of a sentence, e.g. `exit code 78, 5 restarts`.
 * @throws Error of the engine
 */
export async function crashFacts(
  container: Docker.Container,
  whileFree: WhileFree = (measure) => measure(),
): Promise<string> {
  const ended = await untilEnded(container);
  const room = await whileFree(() => noRoomOf(ended)).catch(() => undefined);
  const { State, RestartCount } = ended;
  // One that takes long to end again runs now: a busy machine, or a slow refusal.
  const end = runs(State) ? await lastEnd(new Docker(), ended.Id).catch(() => undefined) : State;
  return [...(end ? [howItEnded(end)] : []), counted(RestartCount, "restart"), ...(room ? [room] : [])].join(
    ", ",
  );
}

/** One that runs on is returned as it runs. */
async function untilEnded(container: Docker.Container): Promise<Docker.ContainerInspectInfo> {
  for (const deadline = performance.now() + ENDS_AGAIN_WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    const found = await container.inspect();
    if (!runs(found.State) || performance.now() > deadline) return found;
  }
}

/** One that waits to be restarted counts as running for the engine, too. */
function runs({ Running, Restarting }: Docker.ContainerInspectInfo["State"]): boolean {
  return Running && !Restarting;
}

async function noRoomOf(found: Docker.ContainerInspectInfo): Promise<string | undefined> {
  const deploymentId = found.Config.Labels[DEPLOYMENT_LABEL] ?? "";
  const volume = found.Mounts.find(({ Name }) => Name && isDataVolume(deploymentId, Name))?.Name;
  if (volume === undefined) return undefined;
  const { freeBytes } = await readDisk({ deploymentId, image: found.Image, volume });
  return freeBytes < DISK_FULL_BELOW ? `${Math.floor(freeBytes / MIB)} MiB ${NO_ROOM}` : undefined;
}
