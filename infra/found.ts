// What a target finds where assistants run, as it reports it to the code that compares that with records. Types only.

/** Of TCP ports, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A range of IPv4 addresses, or a port of loopback, that is in use. */
export interface Occupied {
  /** Within a route's range, and a pool's, a network of its own can be made. */
  readonly kind: "network" | "bridge" | "port" | "route" | "pool";
  /** CIDR. */
  readonly range?: string;
  readonly port?: number;
  /** Part of a sentence. */
  readonly by: string;
  /** Of the deployment whose part it is; null if it is none's. */
  readonly deploymentId: string | null;
}

/** A resource of a stack's state. */
export interface StateResource {
  readonly type: string;
  readonly id: string | undefined;
  /** What Pulumi has recorded of it. */
  readonly outputs?: Readonly<Record<string, unknown>> | undefined;
}

/** How what there is differs from a stack's state. Each part is described for a sentence. */
export interface Comparison {
  /** Of the state, and not the deployment's: what Pulumi would do to it would be done to somebody else. */
  readonly foreign: readonly string[];
  /** Of the state, and not there any more. */
  readonly lost: readonly string[];
  /** The deployment's, and not of the state. The assistant's data is none of it: the stack takes that over by its name. */
  readonly beside: readonly string[];
  /** `gone`: the state has it. `none`: neither has it. `unknown`: the target can't tell. */
  readonly data: "there" | "gone" | "none" | "unknown";
  /** Whether all of the state is as it is recorded there: then it need not be read again. Absent if the target can't tell. */
  readonly isAsRecorded?: boolean;
}

/** What of the machine is not as assistants need it, and what to do. */
export interface HostFinding {
  readonly message: string;
  readonly advice: string;
}

/** Whether what runs assistants was away, since that was noted. */
export interface Absence {
  readonly hasBeen: () => boolean;
  end(): void;
}

/** A host of assistants, as it says of itself. */
export interface Host {
  readonly name: string;
  /** Name and version of what runs the containers. */
  readonly engine: string;
  readonly operatingSystem: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Of a host of assistants, in bytes. */
export interface Memory {
  readonly totalBytes: number;
  /** What programs could get without others losing theirs. */
  readonly freeBytes: number;
}

/** Null is what the target does not measure: CloudWatch knows of CPU and memory alone, and of those after a few minutes. */
export interface Usage {
  /** Over the last second; on AWS over the last minute that was measured. */
  readonly cpuCores: number | null;
  /** Without what the kernel would give back at once. */
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number;
  /** Since the container has started. */
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
  /** How often the engine has restarted it by itself. */
  readonly restarts: number | null;
  readonly uptimeSeconds: number;
}

/** What a running assistant has used by one moment, as its target reads it at little cost. */
export interface Reading {
  readonly at: Date;
  /** Of which run: the counters of another one begin at zero. */
  readonly run: string;
  /** Seconds of one core since that run has begun. Null where the target gives `cpuCores` instead, or neither. */
  readonly cpuSeconds: number | null;
  readonly cpuCores: number | null;
  /** As in Usage. */
  readonly memoryBytes: number | null;
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
}

/** What it has used up to one moment. */
export interface Sample {
  readonly at: Date;
  /** Of how long before that moment this is the average. Null for the first one after a start or a gap. */
  readonly seconds: number | null;
  readonly cpuCores: number | null;
  /** At that moment. */
  readonly memoryBytes: number | null;
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
}

export interface Measurement extends Disk {
  /** 4 KiB for each name of a file or folder at least. */
  readonly usedBytes: number;
}

/** What the file system that an assistant's data is on has left for it, and its size. */
export interface Disk {
  readonly freeBytes: number;
  readonly diskBytes: number;
}
