// What the program that writes settings is asked, as the stack's command hands it over and as it is known before that.
import type { Json } from "../assistant/merge-settings.mjs";
import type { DockerArgs } from "./args.ts";
import { handedVolumeName } from "./names.ts";

export interface Asked {
  readonly deploymentId: string;
  /** Names of the volumes with its data and with what it is handed. */
  readonly volume: string;
  readonly handed: string;
  readonly image: string;
  readonly settings: Json;
  /** Set when the assistant has refused the file as it is. */
  readonly settingsRefused?: string;
  readonly secretsFile: string;
  readonly secretsFingerprint: string;
  /** Where the assistant answers if it runs. */
  readonly endpoint: string;
  /** Of the user that it is to run as; the image's own if absent. */
  readonly uid?: number;
  /** Name of the volume with the compiled code that it may read. */
  readonly codeCache?: string;
  /** Certificate, in PEM, that it is to trust beside those that it does. */
  readonly gatewayCa?: string;
}

type Needed = Pick<
  DockerArgs,
  "image" | "settings" | "settingsRefused" | "secretsFile" | "secretsFingerprint" | "hostPort" | "uid"
> &
  Pick<DockerArgs, "codeCache" | "modelGateway">;

/** Pulumi gives the names of the volumes once it has made them. */
export function askedSettings<Name>(
  deploymentId: string,
  { volume, handed }: { readonly volume: Name; readonly handed: Name },
  args: Needed,
) {
  const { image, settings, settingsRefused, secretsFile, secretsFingerprint, hostPort } = args;
  const { uid, codeCache, modelGateway } = args;
  return {
    deploymentId,
    volume,
    handed,
    image,
    settings,
    settingsRefused,
    secretsFile,
    secretsFingerprint,
    endpoint: `http://127.0.0.1:${hostPort}`,
    ...(uid !== undefined && { uid, codeCache }),
    gatewayCa: modelGateway?.ca,
  };
}

/** What a stack with that config will ask. */
export function askedIn(deploymentId: string, config: Readonly<Record<string, string>>): Asked {
  const { volume = "", image = "", settings = "", secretsFile = "", secretsFingerprint = "" } = config;
  const { settingsRefused, hostPort, uid, codeCache, modelGateway } = config;
  const names = { volume, handed: handedVolumeName(deploymentId) };
  const asked = askedSettings(deploymentId, names, {
    ...{ image, settings: JSON.parse(settings), settingsRefused, secretsFile, secretsFingerprint },
    hostPort: Number(hostPort),
    uid: uid === undefined ? undefined : Number(uid),
    codeCache,
    modelGateway: modelGateway === undefined ? undefined : JSON.parse(modelGateway),
  });
  // As it arrives where it is asked: what is undefined is not there.
  return JSON.parse(JSON.stringify(asked));
}
