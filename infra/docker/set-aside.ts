// Gives what stands in a volume another name, whatever it is and however large its maker says that it is: nothing of it is
// copied, as holes would become bytes on the way.
import { helperOptions } from "./helper-options.ts";
import { runToEnd } from "./run-to-end.ts";

const MIB = 1024 * 1024;
/** A file keeps its first name, too, until another one takes that: an assistant that runs never finds none. */
const SCRIPT = 'ln "$0" "$1" 2> /dev/null || mv -fT "$0" "$1"';

export interface Placed {
  readonly deploymentId: string;
  readonly volume: string;
  readonly image: string;
}

/**
 * @param folder where the volume is mounted for it
 * @returns whether it was done: not with an image that lacks `sh` or `mv`
 * @throws Error of the engine
 */
export async function setAsideInside(
  placed: Placed,
  folder: string,
  from: string,
  to: string,
): Promise<boolean> {
  const { deploymentId, volume, image } = placed;
  const options = helperOptions({
    deploymentId,
    image,
    kind: "settings",
    script: [SCRIPT, ...[from, to].map((name) => `${folder}/${name}`)],
    binds: [`${volume}:${folder}:rw,nocopy`],
    capabilities: ["DAC_OVERRIDE", "FOWNER"],
    memoryBytes: 64 * MIB,
  });
  return (await runToEnd(options)) === 0;
}
