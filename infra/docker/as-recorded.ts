// Whether a container is what the stack's state says of it. Where it is, there is nothing for Pulumi to read again.
import { isDeepStrictEqual } from "node:util";
import type Docker from "dockerode";
import { containerOutputs } from "../toolchain/stand-ins/container-outputs.ts";

type Outputs = Readonly<Record<string, unknown>>;

/** False, too, if that can't be known. */
export function isAsRecorded(found: Docker.ContainerInspectInfo, recorded: Outputs | undefined): boolean {
  if (!recorded || !isUsual(found)) return false;
  // What the state says in the form of the plugin's answer: with another plugin it may lack a property.
  const known = JSON.parse(JSON.stringify(recorded)) as Parameters<typeof containerOutputs>[1];
  const now: Outputs = JSON.parse(JSON.stringify(containerOutputs(found, known)));
  // Its own book-keeping is not the container's.
  const compared = Object.entries(now).filter(([name]) => !name.startsWith("__"));
  return compared.every(([name, value]) => isDeepStrictEqual(value ?? null, recorded[name] ?? null));
}

/** Whether it runs, and nothing is set that `docker update` can set and the plugin's answer does not have. */
function isUsual({ State, HostConfig: host }: Docker.ContainerInspectInfo): boolean {
  const { Running, Paused, Restarting } = State;
  const { CpuPeriod, CpuQuota, CpusetCpus, CpusetMems, CpuRealtimePeriod, CpuRealtimeRuntime, BlkioWeight } =
    host;
  const set = [
    CpuPeriod,
    CpuQuota,
    CpusetCpus,
    CpusetMems,
    CpuRealtimePeriod,
    CpuRealtimeRuntime,
    BlkioWeight,
  ];
  return Running && !Paused && !Restarting && !set.some(Boolean);
}
