// What of the settings of this host's kernel is not as assistants need it.
import type { HostFinding, PortRange } from "../found.ts";
import { whyElsewhere } from "./host-rules/engine-place.ts";
import { inotifyFinding } from "./inotify.ts";
import { portFinding } from "./outgoing-ports.ts";

/** None where assistants run on another host. */
export async function hostFindings(ports: PortRange): Promise<HostFinding[]> {
  if ((await whyElsewhere()) !== undefined) return [];
  const found = await Promise.all([inotifyFinding(), portFinding(ports)]);
  return found.filter((finding) => finding !== undefined);
}
