// What the table of targets says of each: what it needs, in what it differs, and where its code is. Types only.
import type { Config, Input } from "@pulumi/pulumi";
import type { AssistantOutputs } from "./args.ts";
import type { Capabilities, Place, Target } from "./target.ts";

export interface TargetRow {
  /** What is taken where nothing is set. */
  readonly defaults: { readonly cpus: number; readonly startupTimeoutSeconds: number };
  readonly needs: Needs;
  readonly errorTexts: readonly ErrorText[];
  capabilities(place: Place): Capabilities;
  /** Loads the target's own code. */
  load(): Promise<TargetCode>;
  /** Loads what the stack's commands run, for a process that is to run them itself; absent if each is a process of its own. */
  loadPrograms?(): Promise<Programs>;
  /** Loads the target's part of the Pulumi program, and with it its SDK. */
  loadStack(): Promise<StackProgram>;
}

/** A text of the target alone by which a failed operation's cause is known. */
export interface ErrorText {
  readonly pattern: RegExp;
  readonly code: string;
  /** For the customer. Absent if the cause is one of every target, which has its sentence. */
  readonly sentence?: string;
}

/** What set-up finds or makes before anything of a target is loaded. */
export interface Needs {
  /** Whether a Docker engine has to run on this machine. */
  readonly dockerEngine: boolean;
  /** Beginnings of the names of packages that its code alone imports: package.json has them among the optional ones. */
  readonly optionalPackages?: readonly string[];
  /** Beginnings of names of variables that its operations get of Berth's environment, beside those that all get. */
  readonly variables?: readonly string[];
  /** Of Pulumi, beside those that every target needs. */
  readonly plugins: readonly PluginWanted[];
}

export interface PluginWanted {
  readonly name: string;
  readonly executable: string;
  /** Undefined if it comes with the CLI. */
  readonly version: string | undefined;
  /** Whether Berth has one of its own for where Pulumi's site can't be reached. */
  readonly hasStandIn: boolean;
}

interface TargetCode {
  /**
   * Completes what the operator has said of where deployments are to live, once, at the start.
   * @throws Error when the target refuses, or has not what was given, with what to do
   */
  findPlaces(given: readonly Place[], search: PlaceSearch): Promise<readonly Place[]>;
  open(place: Place): Target;
  /** How assistants are led to a listener of their own host by names; absent where they can't be. */
  readonly names?: NamesLead;
}

/** For the model gateway: the providers' names lead an assistant to it. */
export interface NamesLead {
  /**
   * "names", or why they don't, and what to do.
   * @param port of this host, where the gateway listens
   * @param setsRules whether this process sets the host's rules where it can
   */
  reach(port: number, setsRules: boolean): Promise<"names" | { readonly whyNot: string }>;
  /** Reports the addresses that they lead to, and then each change within a second. The returned function ends that. */
  watchAddresses(search: AddressSearch, listener: AddressListener): () => Promise<void>;
}

export interface AddressListener {
  /** Tried again while it fails: an address may be found before it is there. */
  appeared(address: string): Promise<void>;
  gone(address: string): Promise<void>;
}

/** Of which installation, and how they are found. */
export interface AddressSearch {
  /** CIDR of the pool that its assistants' networks come from. */
  readonly subnetPool: string;
  /** Whether a deployment is one of this installation. */
  readonly isOwn: (deploymentId: string) => Promise<boolean>;
  /** Names of this host's network devices. */
  readonly listDevices?: () => Promise<readonly string[]>;
  /** Whose they are, by their names. */
  readonly listOwners?: () => Promise<ReadonlyMap<string, string>>;
}

export interface PlaceSearch {
  /** Whether this process carries out operations: then it asks for what it will need. */
  readonly carriesOut: boolean;
  readonly pulumiPath: string;
  /** Of every `pulumi`. */
  readonly environment: Record<string, string>;
}

/** The small programs of the stack's commands, by their paths in the project; each takes what it reads on stdin. */
export type Programs = Readonly<Record<string, (input: string) => Promise<ProgramEnd>>>;

/** How such a program has ended. */
export interface ProgramEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface StackProgram {
  /** Declares the resources of one deployment from the stack's config. */
  assistantStack(
    deploymentId: string,
    config: Config,
  ): { [name in keyof AssistantOutputs]: Input<AssistantOutputs[name]> };
}
