// What helpers are made from: containers of Berth's own that run a script of Berth's on a deployment's volumes.
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";

/** What a door is for, as its label says. */
export type DoorKind = "backup" | "measure" | "settings";

/** What a helper runs on a deployment's volume. */
export interface HelperProgram {
  readonly deploymentId: string;
  readonly image: string;
  readonly kind: DoorKind;
  /** For the image's `sh`, with its `$0` and what follows. */
  readonly script: readonly string[];
  /** Mounts of volumes. */
  readonly binds: readonly string[];
  /** All that it may do beyond what is its own. */
  readonly capabilities: readonly string[];
  readonly memoryBytes: number;
}

/** Of root, in a volume whose owner may have closed it; without a network, and of no use for anything else. */
export function helperOptions(program: HelperProgram) {
  const labels: Record<string, string> = {
    [DEPLOYMENT_LABEL]: program.deploymentId,
    [DOOR_LABEL]: program.kind,
  };
  const { image, script, binds, capabilities, memoryBytes } = program;
  return {
    Image: image,
    Labels: labels,
    Entrypoint: ["/bin/sh", "-c", ...script],
    Cmd: [],
    User: "0:0",
    WorkingDir: "/",
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      Binds: [...binds],
      NetworkMode: "none",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: [...capabilities],
      SecurityOpt: ["no-new-privileges"],
      Memory: memoryBytes,
      MemorySwap: memoryBytes,
      PidsLimit: 16,
      LogConfig: { Type: "none", Config: {} },
    },
  };
}
