// How much room a deployment's data takes, measured past the assistant: by a container of Berth's own that can read every
// directory of the volume, and nothing else. What it prints is not trusted.
import { addAbortSignal, type Duplex } from "node:stream";
import Docker from "dockerode";
import { STATE_PATH } from "../assistant/image-contract.ts";
import type { Measurement } from "../target.ts";
import { type DoorKind, removeDoor, removeDoors } from "./helper-containers.ts";
import { takeFrames } from "./log-frames.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL, dataVolumeName } from "./names.ts";
import { hasVolume, type StateVolume } from "./volume.ts";

export const MEASURE = "measure" satisfies DoorKind;
/** For volumes with millions of files; what takes longer is not measured. */
export const MEASURE_TIMEOUT_MS = 120_000;
const LONGEST_OUTPUT = 4096;
const MIB = 1024 * 1024;
/** `du` remembers every file that has several names: a hundred thousand of them take some MiB. */
const MEMORY = 256 * MIB;
/** Blocks that are in use, each once: a file with holes counts as what is in it, one with several names once. */
const SCRIPT = `du -skx ${STATE_PATH}; find ${STATE_PATH} -xdev | wc -l; df -Pk ${STATE_PATH}`;
/** A file system has room for so many files, too: empty ones are not for nothing. */
const KIB_OF_A_NAME = 4;
/** A line of `du`, one of `wc`, the heading of `df` and its line; the names in them are not looked at. */
const PRINTED =
  /^(\d{1,12})\t[^\n]*\n *(\d{1,12})\n[^\n]*\n[^\n]+? +(\d{1,12}) +\d{1,12} +(-?\d{1,12}) +[^\n]+\n$/;

export interface Scales {
  /**
   * Takes as long as there are files, within limits.
   * @throws Error when it can't be measured, also because an operation has taken the volume meanwhile
   */
  measure(signal: AbortSignal): Promise<Measurement>;
  /** Nothing of it is left then. */
  close(): Promise<void>;
}

/** Makes what measures, and only that; undefined if there is no volume. */
export async function setUpScales(volume: StateVolume): Promise<Scales | undefined> {
  const { deploymentId } = volume;
  await removeDoors(deploymentId, MEASURE);
  // The engine would make one.
  if (!(await hasVolume(volume))) return undefined;
  const container = await new Docker().createContainer(scales(volume));
  return {
    async measure(signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(MEASURE_TIMEOUT_MS)]);
      const output = await container.attach({ stream: true, stdout: true });
      await container.start();
      return parseMeasurement(await readAll(addAbortSignal(limit, output as unknown as Duplex)));
    },
    close: () => removeDoor(container),
  };
}

function scales({ deploymentId, image, volume }: StateVolume): Docker.ContainerCreateOptions {
  return {
    Image: image,
    Labels: { [DEPLOYMENT_LABEL]: deploymentId, [DOOR_LABEL]: MEASURE },
    Entrypoint: ["/bin/sh", "-c", SCRIPT],
    Cmd: [],
    User: "0:0",
    WorkingDir: "/",
    Env: ["LC_ALL=C"],
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      Binds: [`${dataVolumeName(deploymentId, volume)}:${STATE_PATH}:ro,nocopy`],
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      // What the assistant has closed to others is measured, too.
      CapAdd: ["DAC_READ_SEARCH"],
      SecurityOpt: ["no-new-privileges"],
      Memory: MEMORY,
      MemorySwap: MEMORY,
      NanoCpus: 5e8,
      CpuShares: 128,
      PidsLimit: 16,
      LogConfig: { Type: "none", Config: {} },
      // The process that waits for it may die.
      AutoRemove: true,
    },
  };
}

async function readAll(output: Duplex): Promise<string> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const piece of output) {
    bytes = Buffer.concat([bytes, piece]);
    if (bytes.length > LONGEST_OUTPUT) throw new Error("What measures said too much.");
  }
  return Buffer.concat(takeFrames(bytes).frames.map((frame) => frame.bytes)).toString("utf8");
}

/** @throws Error unless the text is just what is to be printed */
export function parseMeasurement(text: string): Measurement {
  const printed = PRINTED.exec(text);
  if (!printed)
    throw new Error(
      `The data could not be measured: du, find and df of the image said ${JSON.stringify(text)}.`,
    );
  const [used = 0, names = 0, size = 0, free = 0] = printed.slice(1).map(Number);
  return {
    usedBytes: Math.max(used, names * KIB_OF_A_NAME) * 1024,
    // What is kept for root alone may be in use, too: then less than nothing is left.
    freeBytes: Math.max(0, free) * 1024,
    diskBytes: size * 1024,
  };
}
