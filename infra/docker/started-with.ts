// With what a deployment's container was started: the version of its settings and its way to the model gateway, as its labels
// say, and its compiled code.
import Docker from "dockerode";
import { resourceName } from "../args.ts";
import { unlessGone } from "./client.ts";
import { CODE_CACHE_PATH } from "./code-cache/names.ts";
import { limitsText, MODEL_GATEWAY_LABEL, PLUGIN_LABEL, STARTED_WITH_LABEL } from "./names.ts";
import { hasProfile } from "./seccomp/option.ts";
import { uidIn } from "./user.ts";

const TIMEOUT_MS = 5_000;
const MIB = 1024 * 1024;

export interface Started {
  /** Undefined for a container of a version of Berth that wrote none. */
  readonly version: string | undefined;
  readonly imageId: string;
  /** As it was asked for. */
  readonly image: string;
  /** Those that it has now, as of limitsText. */
  readonly limits: string;
  /** Of the plugin that it has loaded; undefined as above. */
  readonly plugin: string | undefined;
  /** Name of the volume; undefined if it reads none. */
  readonly codeCache: string | undefined;
  /** Of the user that it runs as. */
  readonly uid: number | undefined;
  /** Whether it has a filter of system calls that is not the engine's own. */
  readonly isFiltered: boolean;
  /** As of gatewayText; undefined if no name leads to the model gateway. */
  readonly modelGateway: string | undefined;
}

/** Undefined if it has no container that runs. */
export async function readStarted(deploymentId: string): Promise<Started | undefined> {
  const container = new Docker({ timeout: TIMEOUT_MS }).getContainer(resourceName(deploymentId));
  const found = await container.inspect().catch(unlessGone);
  if (!found?.State.Running) return undefined;
  return {
    version: found.Config.Labels[STARTED_WITH_LABEL],
    imageId: found.Image,
    image: found.Config.Image,
    limits: limitsText((found.HostConfig.Memory ?? 0) / MIB, (found.HostConfig.NanoCpus ?? 0) / 1e9),
    plugin: found.Config.Labels[PLUGIN_LABEL],
    codeCache: found.Mounts.find(({ Destination }) => Destination === CODE_CACHE_PATH)?.Name,
    uid: uidIn(found.Config.User),
    isFiltered: hasProfile(found.HostConfig.SecurityOpt as string[] | null | undefined),
    modelGateway: found.Config.Labels[MODEL_GATEWAY_LABEL],
  };
}
