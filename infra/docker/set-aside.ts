// Gives what stands in a volume another name, whatever it is and however large its maker says that it is: nothing of it is
// copied, as holes would become bytes on the way.
import { callEngine, unless } from "./client.ts";
import { helperOptions } from "./helper-containers.ts";

const MIB = 1024 * 1024;
/** A file keeps its first name, too, until another one takes that: an assistant that runs never finds none. */
const SCRIPT = 'ln "$0" "$1" 2> /dev/null || mv -fT "$0" "$1"';
/** The engine's answers about a program that is not there. */
const unlessRefused = unless(400, 404);

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
    bind: `${volume}:${folder}:rw,nocopy`,
    capabilities: ["DAC_OVERRIDE", "FOWNER"],
    memoryBytes: 64 * MIB,
  });
  const path = "/containers/create";
  const { Id } = await callEngine<{ Id: string }>({ method: "POST", path, options });
  try {
    const started = callEngine({ method: "POST", path: `/containers/${Id}/start` });
    if (!(await started.then(() => true, unlessRefused))) return false;
    const ended = callEngine<{ StatusCode: number }>({ method: "POST", path: `/containers/${Id}/wait` });
    return (await ended).StatusCode === 0;
  } finally {
    await callEngine({ method: "DELETE", path: `/containers/${Id}?`, options: { force: true, v: true } });
  }
}
