// How much room a deployment's data takes, measured past the assistant: by a container of Berth's own that can read every
// directory of the volume, and nothing else. What it prints is not trusted.
import { addAbortSignal, type Duplex } from "node:stream";
import Docker from "dockerode";
import { STATE_PATH } from "../assistant/image-contract.ts";
import type { Disk, Measurement } from "../found.ts";
import { removeDoor, removeDoors } from "./helper-containers.ts";
import { type DoorKind, helperOptions } from "./helper-options.ts";
import { takeFrames } from "./log-frames.ts";
import { parseDisk, parseMeasurement } from "./measurement.ts";
import { dataVolumeName } from "./names.ts";
import { hasVolume, type StateVolume } from "./volume.ts";

export const MEASURE = "measure" satisfies DoorKind;
/** For volumes with millions of files; what takes longer is not measured. */
export const MEASURE_TIMEOUT_MS = 120_000;
const DISK_TIMEOUT_MS = 10_000;
const LONGEST_OUTPUT = 4096;
const MIB = 1024 * 1024;
/** `du` remembers every file that has several names: a hundred thousand of them take some MiB. */
const MEMORY = 256 * MIB;
const DISK_SCRIPT = `df -Pk ${STATE_PATH}`;
/**
 * Blocks that are in use, each once: a file with holes counts as what is in it, one with several names once. How du and find
 * have ended is said by numbers.
 */
const SCRIPT = `exec 3>&1; ${DISK_SCRIPT}; du -skx ${STATE_PATH}; echo $?
{ find ${STATE_PATH} -xdev; echo $? >&3; } | wc -l`;

export interface Scales {
  /**
   * Takes as long as there are files, within limits.
   * @throws TooMuchToMeasure when it is too much for them
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
  const container = await new Docker().createContainer(scales(volume, SCRIPT));
  return {
    async measure(signal) {
      const late = AbortSignal.timeout(MEASURE_TIMEOUT_MS);
      const printed = new Printed();
      await printed.run(container, AbortSignal.any([signal, late])).catch((error: unknown) => {
        if (!late.aborted || signal.aborted) throw error;
      });
      return parseMeasurement(printed.text);
    },
    close: () => removeDoor(container),
  };
}

/**
 * What the file system with a volume's data has left, whatever is in the volume. Nothing else may use that meanwhile.
 * @throws Error when it can't be measured
 */
export async function readDisk(volume: StateVolume): Promise<Disk> {
  const container = await new Docker().createContainer(scales(volume, DISK_SCRIPT));
  try {
    const printed = new Printed();
    await printed.run(container, AbortSignal.timeout(DISK_TIMEOUT_MS));
    return parseDisk(printed.text);
  } finally {
    await removeDoor(container);
  }
}

function scales({ deploymentId, image, volume }: StateVolume, script: string): Docker.ContainerCreateOptions {
  const { HostConfig, ...options } = helperOptions({
    deploymentId,
    image,
    kind: MEASURE,
    script: [script],
    binds: [`${dataVolumeName(deploymentId, volume)}:${STATE_PATH}:ro,nocopy`],
    // What the assistant has closed to others is measured, too.
    capabilities: ["DAC_READ_SEARCH"],
    memoryBytes: MEMORY,
  });
  return {
    ...options,
    Env: ["LC_ALL=C"],
    // The process that waits for it may die.
    HostConfig: { ...HostConfig, NanoCpus: 5e8, CpuShares: 128, AutoRemove: true },
  };
}

class Printed {
  #bytes: Buffer = Buffer.alloc(0);

  /** Starts what prints, and reads all of it. */
  async run(container: Docker.Container, signal: AbortSignal): Promise<void> {
    const output = await container.attach({ stream: true, stdout: true, abortSignal: signal });
    await container.start({ abortSignal: signal });
    for await (const piece of addAbortSignal(signal, output as unknown as Duplex)) {
      this.#bytes = Buffer.concat([this.#bytes, piece]);
      if (this.#bytes.length > LONGEST_OUTPUT) throw new Error("What measures said too much.");
    }
  }

  /** What has come so far. */
  get text(): string {
    return Buffer.concat(takeFrames(this.#bytes).frames.map((frame) => frame.bytes)).toString("utf8");
  }
}
