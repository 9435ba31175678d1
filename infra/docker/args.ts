// What an assistant's stack on Docker is made from.
import type { CommonArgs } from "../args.ts";

export interface DockerArgs extends CommonArgs {
  /** Port on the host's loopback; Berth hands it out once for the deployment's life. */
  readonly hostPort: number;
  /** CIDR of the deployment's own network. */
  readonly subnet: string;
  /** Name of the volume with its data. */
  readonly volume: string;
  /** Name of another one that is to be there, for data that is being restored. */
  readonly incoming: string | undefined;
  /** File of Berth's with the assistant's secrets. Pulumi knows the path only. */
  readonly secretsFile: string;
  /** Keyed hash of that file and of the settings. */
  readonly secretsFingerprint: string;
  /** The version of the settings that the container was started with: another value replaces it. */
  readonly startedWith: string;
  /** OCI runtime of the container; the engine's default if absent. */
  readonly runtime: string | undefined;
  /** Whether it is a throw-away one, without OpenClaw: see rehearsal.ts. */
  readonly isRehearsal: boolean;
  /** Id of the user and of the group that it runs as; the image's own where a version before has made it. */
  readonly uid: number | undefined;
  /** Whether it has Berth's own filter of system calls; otherwise it has the engine's. */
  readonly isFiltered: boolean;
  /** Volume with the image's compiled code, mounted read-only, if there was one when this was asked for. */
  readonly codeCache: string | undefined;
  /** Undefined if the assistant reaches no model gateway, or that by a URL. */
  readonly modelGateway: GatewayByName | undefined;
  /** Whether it is the assistant of a paid slot, with neither bot nor key. */
  readonly isWaiting: boolean;
  /** Without replicas: the data is gone, and an empty volume in its place would be taken for it. */
  readonly dataGone: boolean;
}

/** Where the name of the provider leads to the model gateway. */
export interface GatewayByName {
  readonly host: string;
  /** Of the other providers, in an assistant that was started before it had one. */
  readonly others?: readonly string[] | undefined;
  /** Certificate of the gateway's CA, in PEM. */
  readonly ca: string;
  /** Of the assistant's host, where the gateway listens. The config of a version before has none. */
  readonly port?: number | undefined;
}
