// Makes everything in a deployment's data its user's: what a version before has made, a backup has brought or an operator has
// copied in is the image's user's. Cut off in the middle, it is done again.
import { IMAGE_UID, STATE_PATH } from "../assistant/image-contract.ts";
import { CODE_CACHE_FOLDER, CODE_CACHE_PATH } from "./code-cache/names.ts";
import { helperOptions } from "./helper-options.ts";
import { runToEnd } from "./run-to-end.ts";

/** `find` remembers the names of every folder on its way down. */
const MEMORY = 1024 * 1024 * 1024;
/** Links are given away themselves, never what they lead to. Node looks for compiled code under its user's id. */
const SCRIPT = `find "$1" -xdev '(' ! -user "$0" -o ! -group "$0" ')' -exec chown -h "$0:$0" {} + || exit
for all in "$2"/*-${IMAGE_UID}; do [ ! -d "$all" ] || ln -sfn "\${all##*/}" "\${all%-*}-$0" || exit; done`;

export interface Given {
  readonly deploymentId: string;
  readonly image: string;
  /** Names of the volumes with its data, and with the compiled code that it may read. */
  readonly volume: string;
  readonly codeCache?: string | undefined;
  readonly uid: number;
}

/** @throws Error when it was not all done, or of the engine */
export async function giveData({ deploymentId, image, volume, codeCache, uid }: Given): Promise<void> {
  const code = codeCache ? `${CODE_CACHE_PATH}/${CODE_CACHE_FOLDER}` : "";
  const options = helperOptions({
    deploymentId,
    image,
    kind: "settings",
    script: [SCRIPT, String(uid), STATE_PATH, code],
    binds: [
      `${volume}:${STATE_PATH}:rw,nocopy`,
      ...(codeCache ? [`${codeCache}:${CODE_CACHE_PATH}:rw,nocopy`] : []),
    ],
    // A file with a set-id bit loses that bit with its owner, which is a change of its mode.
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
    memoryBytes: MEMORY,
  });
  const ended = await runToEnd(options);
  if (ended === undefined || ended === 126 || ended === 127)
    throw new Error("The assistant's image has no sh, find, chown and ln, which give its data to its user.");
  if (ended !== 0)
    throw new Error(`The assistant's data could not be given to its user: find ended with ${ended}.`);
}
