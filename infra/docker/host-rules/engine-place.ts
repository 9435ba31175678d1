// Whether the assistants' networks are where this process is: rules set anywhere else would only seem to close them.
import { access } from "node:fs/promises";
import Docker from "dockerode";
import { BRIDGE_NAME } from "../bridge.ts";

const TIMEOUT_MS = 5_000;
const ADVICE =
  "That host's own firewall has to do it: see docs/isolation.md, and then set BERTH_HOST_RULES=leave.";

interface EngineInfo {
  readonly OperatingSystem?: string;
  readonly SecurityOptions?: readonly string[] | null;
}

/** Why they are not, and what to do; undefined if they are. An engine that is away is known by its socket alone. */
export async function whyElsewhere(): Promise<string | undefined> {
  const reason = await findReason();
  return reason && `${reason} ${ADVICE}`;
}

/** The reason alone. */
export async function findReason(): Promise<string | undefined> {
  const docker = new Docker({ timeout: TIMEOUT_MS });
  if (process.platform !== "linux") return "Docker's host is a virtual machine here.";
  if (!(docker.modem as { readonly socketPath?: string }).socketPath)
    return "The Docker engine is on another host.";
  const { OperatingSystem = "", SecurityOptions }: EngineInfo = await docker.info().catch(() => ({}));
  const isRootless = SecurityOptions?.some((option) => option.startsWith("name=rootless"));
  if (isRootless || /docker desktop/i.test(OperatingSystem) || !(await hasBridge(docker)))
    return "The Docker engine's networks are not those of this process (rootless, Docker Desktop, or Berth in a container).";
  return undefined;
}

/** Whether Docker's own bridge is to be seen; where there is none, that means nothing. */
async function hasBridge(docker: Docker): Promise<boolean> {
  const network = await docker
    .getNetwork("bridge")
    .inspect()
    .catch(() => undefined);
  const name = network?.Options?.[BRIDGE_NAME];
  if (!name) return true;
  return access(`/sys/class/net/${name}`).then(
    () => true,
    () => false,
  );
}
