// What the agent of an assistant finds when it looks through its own container.
import { inside } from "../docker.ts";

/** All that can be written there, and what its processes were started with. */
const PLACES = "/proc/[0-9]*/environ /proc/[0-9]*/cmdline /home /tmp /run /var /etc";

/** Names of the files with a text in them, of letters, digits, `-` and `_`. */
export function filesWith(id: string, text: string): string[] {
  // Written so, the search does not find itself.
  const pattern = `${text.slice(0, -1)}[${text.at(-1)}]`;
  const found = inside(id, "sh", "-c", `grep -rlas -D skip '${pattern}' ${PLACES}; true`);
  return found.split("\n").filter((name) => name !== "");
}
