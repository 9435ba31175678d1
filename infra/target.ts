// What every target must offer, past Pulumi, and the words in which it answers. How each target is opened: targets.ts.

/** What runs the assistants of a target: a Docker engine, or ECS on a foundation. */
export interface Engine {
  /** @throws Error when it does not answer, or refuses Berth. */
  assertAnswers(timeoutMs: number): Promise<void>;
  /** Removes what a cut-off operation has left and the stack's state doesn't know; never an assistant's data. */
  removeStrays(deploymentId: string, known: ReadonlySet<string>): Promise<void>;
  /** Removes what is left of a deleted deployment once its stack is gone. */
  removeAll(deploymentId: string): Promise<void>;
}

/** Thrown where data was to be replaced, and that was not even begun. */
export class StateUntouched extends Error {}

/**
 * Reads and replaces an assistant's data, and stands the assistant still meanwhile.
 * Each throws when the target does not answer, or refuses.
 */
export interface AssistantState {
  /**
   * Stops the assistant in good order.
   * @returns whether it was meant to run; false, too, if there is none
   * @throws Error when it runs on
   */
  halt(): Promise<boolean>;
  /** Starts it again; nothing is done if it runs, or there is none. */
  start(): Promise<void>;
  /** @param endpoint where it can be asked, if it can @throws Error when it keeps ending or doesn't start in time */
  untilStarted(endpoint: string | null, timeoutSeconds: number): Promise<void>;
  /** All of its data as an archive, below one folder: without an entry if there is none. Nothing of it may run. */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Puts an archive in the place of its data. Nothing of it may run. Cut off in the middle, it can be done again.
   * @throws StateUntouched when it is known that nothing was replaced
   */
  replace(archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, signal: AbortSignal): Promise<void>;
}

export interface StatePlace {
  readonly deploymentId: string;
  /** One that the engine has; of the target docker. */
  readonly image: string;
  /** The most that is ever read. */
  readonly maxBytes: number;
}

/**
 * Looks into an assistant: what it writes, and what it uses.
 * Undefined of either is that there is nothing to look into. Both throw when the target does not answer.
 */
export interface Insight {
  /** Whole lines, oldest first, until the signal, or until no more can come. */
  openLogs(
    deploymentId: string,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): Promise<AsyncIterable<string> | undefined>;
  measure(deploymentId: string): Promise<Usage | undefined>;
}

/** Where the user that runs Berth is logged in, and the environment of the programs that keep logins. */
export interface RegistryLogins {
  readonly configFile: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The engine can't be asked: of what it holds nothing is known. */
export class EngineAway extends Error {
  constructor(cause: unknown) {
    super("The container engine does not answer.", { cause });
    this.name = "EngineAway";
  }
}

export interface LogsWanted {
  /** How many lines of what was written before. */
  readonly tail: number;
  readonly since?: Date | undefined;
  /** Goes on with what is written from now on, until the container ends. */
  readonly follow: boolean;
}

/** Null is what the target does not tell: CloudWatch knows of CPU and memory alone, and of those after a few minutes. */
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

export interface Measurement {
  /** 4 KiB for each name of a file or folder at least. */
  readonly usedBytes: number;
  /** What the file system that the volume is on has left for an assistant, and its size. */
  readonly freeBytes: number;
  readonly diskBytes: number;
}

/** Stands between what Berth says of a container's end and what that has written itself. */
export const LAST_LINES = "Last lines of its log:";

/** Which containers of a deployment Pulumi would leave as they are, or stumble over, and are removed first. */
export interface Removal {
  /**
   * All; or those that somebody else has made; or besides them what is paused, doesn't have the deployment's name or has
   * ended again and again.
   */
  readonly which: "all" | "others" | "out of order";
  /** The one that the stack has made; null if it has made none, undefined if that is not known: none is another's then. */
  readonly own: string | null | undefined;
}
