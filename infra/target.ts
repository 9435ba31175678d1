// What every target must offer, and the words in which it answers: types, and the errors that cross the seam. How a target is
// found is in target-row.ts, which ones there are in targets.ts.
import type { Assistant, AssistantSecrets } from "./assistant/openclaw.ts";
import type { Address, Way } from "./assistant/plugin-calls.ts";
import type { Remark } from "./assistant/remarks.mjs";
import type {
  Absence,
  Comparison,
  Host,
  Measurement,
  Memory,
  Occupied,
  PortRange,
  StateResource,
} from "./found.ts";
import type { Insight } from "./insight.ts";

/**
 * Where a deployment lives. What else is in it only the target of that name reads. It crosses process boundaries: it is
 * plain data, and holds no secret.
 */
export interface Place {
  /** Name of the target. */
  readonly target: string;
  /** Null on a target that has none. */
  readonly region: string | null;
}

/** In what targets differ, as far as callers have to know. */
export interface Capabilities {
  /** Whether each deployment needs a port and a subnet of Berth's own ranges. */
  readonly addresses: boolean;
  /** Whether the data of its assistants is measured, and held to a limit. */
  readonly dataLimit: boolean;
  /** Whether Berth can call its assistants: about pairings, readiness and conversations. */
  readonly calls: boolean;
  /** Whether its stack can be brought up and destroyed at the start of Berth, with nothing in it that answers a customer. */
  readonly rehearsal: boolean;
  /** Whether the assistant of a paid slot can be started ahead of its activation, and takes its settings while it runs. */
  readonly preboot: boolean;
  /** Whether data is backed up and restored; if it is not, why, and what the operator can do. */
  readonly backups: true | { readonly advice: string };
}

/** What runs assistants, at one place. Each of its methods throws when it does not answer, or refuses. */
export interface Target extends Insight {
  assertAnswers(timeoutMs: number): Promise<void>;
  /** Notes from now on whether it ends, although it may answer again. Absent where one that ends takes nothing with it. */
  noteAbsence?(): Promise<Absence>;
  /**
   * What a reference means now, in a form that means the same for ever if the target knows one. What it does not have is
   * pulled first.
   * @throws Error when it can't be had
   */
  pinImage(reference: string, pinning: Pinning): Promise<string>;
  /** As pinImage, but pulls nothing: undefined for an image that it does not have. */
  findPin(reference: string, current: string | null): Promise<string | undefined>;
  /** The target's part of a stack's config. The assistant's settings and secrets are put where it reads them. */
  stackConfig(deployment: DeploymentFacts, goal: StackGoal): Promise<Record<string, string>>;
  /** The secrets that are in their place now, to be put back there; undefined if there are none, or they stay. */
  keepSecrets(kept: SecretsPlace): Promise<{ putBack(): Promise<void> } | undefined>;
  /** Removes what of the secrets is needed while the assistant runs alone. */
  dropSecrets(kept: SecretsPlace): Promise<void>;
  /** Whether what runs has to be removed before the stack is brought to that config. */
  isInTheWay(deploymentId: string, config: Readonly<Record<string, string>>): Promise<boolean>;
  /** Removes, or puts right, what Pulumi would leave as it is, or stumble over. @returns how many */
  clearTheWay(deploymentId: string, removal: Removal): Promise<number>;
  /** What was remarked since then, by the host's clock, in case that nobody has read it. Absent where none can be lost. */
  remarksSince?(deploymentId: string, sinceMs: number): Promise<readonly Remark[]>;
  /** Ends what of Berth's own looks into an assistant's data. */
  releaseData(deploymentId: string): Promise<void>;
  /**
   * Detaches what is not the deployment's from what is to go, and would be kept by it. Absent where nothing can be attached.
   * @returns how many
   */
  detachOthers?(deploymentId: string): Promise<number>;
  /**
   * Compares a stack's state with what there is of its deployment.
   * @param dataVolume where its data is by its record; null where that is as at the beginning
   */
  compare(
    deploymentId: string,
    resources: readonly StateResource[],
    dataVolume?: string | null,
  ): Promise<Comparison>;
  /**
   * Removes what the stack's state doesn't know, such as what a cut-off operation has left; never an assistant's data.
   * @param kept where that is; without it nothing is removed in which it could be
   */
  removeStrays(deploymentId: string, known: ReadonlySet<string>, kept?: string): Promise<void>;
  /**
   * Stops what runs of a deployment that is to be deleted, and removes what leftToRemoveAll names: what takes longest is done
   * while Pulumi starts. What fails here, Pulumi or removeAll does again, and reports. Absent where nothing takes long.
   */
  beginEnding?(deploymentId: string): Promise<void>;
  /** Types of resources that Pulumi need not remove: beginEnding does it in less time, and removeAll where that has not. */
  readonly leftToRemoveAll?: readonly string[];
  /**
   * Begins to make ready what a stack with that config, and these resources so far, hands its assistant: while Pulumi starts.
   * Nothing that an assistant has written is changed. Absent where nothing can be made ready.
   * @returns ends what has begun, used or not, and takes it back where Pulumi has refused to do anything
   */
  beginHanding?(
    deploymentId: string,
    config: Readonly<Record<string, string>>,
    resources: readonly StateResource[],
  ): (why?: "refused") => Promise<void>;
  /** Removes what is left of a deleted deployment once its stack is gone. */
  removeAll(deploymentId: string): Promise<void>;
  data(wanted: DataWanted): Promise<AssistantData>;
  /** How much room its data takes while it runs; undefined while it does not. Absent where another part measures, or none. */
  measureData?(deploymentId: string): Promise<Measurement | undefined>;
  /** How an assistant is called of which no stack reports an endpoint of Berth's own host. Absent where there is no way. */
  wayTo?(deploymentId: string): Way;
  /** The hosts that its assistants run on; absent on a target whose hosts are somebody else's. */
  hosts?(): Promise<readonly Host[]>;
  /** Of the host that its assistants run on; undefined if it can't tell. Absent where there is none. */
  readMemory?(): Promise<Memory | undefined>;
  /** What of ports and addresses is in use where assistants run; none on a target that hands them out itself. */
  occupied(ports: PortRange): Promise<readonly Occupied[]>;
}

/** How an image is pinned. */
export interface Pinning {
  /** What it was pinned to before: kept while it is still the same image. */
  readonly current: string | null;
  readonly logins: RegistryLogins;
  /** Called before an image is pulled, and after. */
  readonly onPull: (what: string) => void;
  readonly signal: AbortSignal;
}

/** Where this installation keeps an assistant's secrets, if the target leaves that to it. */
export interface SecretsPlace {
  readonly dataDir: string;
  readonly deploymentId: string;
}

/** What a target may need to know of a deployment to make its part of the stack's config. */
export interface DeploymentFacts extends SecretsPlace {
  /** Port and subnet, on a target that needs them. */
  readonly address: { readonly hostPort: number; readonly subnet: string } | null;
  /** Where its data is, as its stack has reported it last, or since then a restore. */
  readonly volume: string | undefined;
  readonly operationId: string | null;
  /** OCI runtime of its container; the engine's default if absent. */
  readonly runtime: string | undefined;
  /**
   * What it is to be, and its secrets in clear text; undefined for a slot that is paid for and not yet activated.
   * @throws Error when they can't be opened: asked for only where they are needed
   */
  reveal(): { readonly assistant: Assistant; readonly secrets: AssistantSecrets } | undefined;
  gatewayToken(): string | undefined;
  /** Certificate, in PEM, of the CA of the model gateway; needed for an assistant that reaches that by names. */
  readonly gatewayCa?: string | undefined;
  /** Of the assistant's host, where that gateway listens. */
  readonly gatewayPort?: number | undefined;
  /** Where its plugin answers, if it is to run. */
  findPlugin(): Promise<Address | undefined>;
  /** Keyed hash. */
  fingerprint(text: string): string;
}

export interface StackGoal {
  readonly replicas: 0 | 1;
  readonly image: string;
  readonly limits?: { readonly memoryMib: number; readonly cpus: number };
  /** Whether the stack is to have room for data that is restored, beside what there is: `incoming` of its config then. */
  readonly isRestoring: boolean;
  /** Whether an assistant that runs and answers no call is replaced. */
  readonly isHealing: boolean;
  /** Whether it is to have neither bot nor key, and to wait for them. */
  readonly isWaiting?: boolean | undefined;
  /** `takes over`: one that waits stays if a new one would be as it is. `new`: none stays. */
  readonly container?: "takes over" | "new" | undefined;
}

/** Thrown where data was to be replaced, and that was not even begun. */
export class DataUntouched extends Error {}

/**
 * Reads and replaces an assistant's data, and stands the assistant still meanwhile.
 * Each throws when the target does not answer, or refuses.
 */
export interface AssistantData {
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
   * Puts an archive in the place of its data, or into the fresh one beside it if there is one. Nothing of it may run. Cut
   * off in the middle, it can be done again.
   * @throws DataUntouched when it is known that nothing was replaced
   */
  replace(archive: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, signal: AbortSignal): Promise<void>;
}

export interface DataWanted {
  readonly deploymentId: string;
  /** Where its data is by its record; null where that is as at the beginning. */
  readonly volume?: string | null | undefined;
  /** The fresh place beside it for what is restored, as the stack's config names it. */
  readonly incoming?: string | undefined;
  /** One that can be had without pulling. */
  readonly image: string;
  /** The most that is ever read. */
  readonly maxBytes: number;
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

/** An assistant that writes a larger file on a disk with so much left fails. */
export const DISK_FULL_BELOW = 16 * 1024 ** 2;
/** Of a disk that is full, after how much it has left: what Berth says of a container's end. */
export const NO_ROOM = "left for its data";

/** Stands between what Berth says of a container's end and what that has written itself. */
export const LAST_LINES = "Last lines of its log:";

/** Which containers of a deployment Pulumi would leave as they are, or stumble over, and are removed first. */
export type Removal =
  | { readonly which: "none" | "every" }
  /** Those that somebody else has made. `own` is the id of the stack's; null if it has made none: all are strangers then. */
  | { readonly which: "strangers"; readonly own: string | null }
  /** Those that are paused, renamed, or restarted too often. */
  | { readonly which: "out of order" }
  | { readonly which: "strangers and out of order"; readonly own: string | null };
