// An assistant's container: whether it is as hardened, as limited and as closed as it was meant to be. The values are
// written down here once more: taken from infra/docker/container.ts, they would follow it into a mistake.
import { resourceName } from "../../../infra/args.ts";
import { ASSISTANT_PORT, STATE_PATH } from "../../../infra/assistant/image-contract.ts";
import { CODE_CACHE_PATH, isCodeCacheName } from "../../../infra/docker/code-cache/names.ts";
import {
  DEPLOYMENT_LABEL,
  dataVolumeName,
  handedVolumeName,
  LIMITS_LABEL,
  limitsText,
  PLUGIN_LABEL,
  STARTED_WITH_LABEL,
} from "../../../infra/docker/names.ts";
import { addressAt } from "../../deployments/addresses.ts";
import { isPrebooted } from "../../deployments/outputs.ts";
import { type Check, type Complaint, error, fact, inWords, REDEPLOY, warning } from "../check.ts";
import { leaksIn } from "../leaks.ts";
import { CONFINEMENT_CHECKS } from "./confinement-checks.ts";
import type { OfContainer } from "./picture.ts";

const MIB = 1024 * 1024;
const LABELS = [DEPLOYMENT_LABEL, STARTED_WITH_LABEL, PLUGIN_LABEL, LIMITS_LABEL];

export const CONTAINER_CHECKS: readonly Check<OfContainer>[] = [
  { name: "container-state", look: runsWhileActive },
  fact(
    "container-name",
    "Its container's name",
    ({ container }) => container.inspected.Name,
    ({ picture }) => `/${resourceName(picture.deployment.id)}`,
  ),
  fact("container-labels", "Its container's labels", labels, () => LABELS),
  { name: "container-image", look: imageIsAsAskedFor },
  ...CONFINEMENT_CHECKS,
  fact(
    "root-filesystem",
    "Its container's root file system is read-only",
    host("ReadonlyRootfs"),
    () => true,
  ),
  fact("capabilities-dropped", "Capabilities dropped", list("CapDrop"), () => ["ALL"]),
  fact("capabilities-added", "Capabilities added", list("CapAdd"), () => []),
  fact("masked-paths", "Paths of the kernel are hidden from its container", hidesPaths, () => true),
  fact("init", "Its container has an init process", host("Init"), () => true),
  fact("privileged", "Its container is privileged", host("Privileged"), () => false),
  fact("namespaces", "Namespaces that others have, too", foreignNamespaces, () => []),
  fact("devices", "Devices given to its container", devices, () => []),
  fact("groups", "Further groups of its container's user", list("GroupAdd"), () => []),
  fact("mounts", "Mounts", mounts, wantedMounts),
  fact(
    "tmpfs",
    "Places in memory",
    ({ container }) => Object.keys(container.inspected.HostConfig.Tmpfs ?? {}).toSorted(),
    () => ["/home/node/.cache", "/tmp"],
  ),
  { name: "limits", look: limitsAreAsAskedFor },
  fact("processes", "Processes at most", host("PidsLimit"), wantedProcesses),
  fact("open-files", "Limits of each of its processes", ulimits, () => [
    "core 0 to 0",
    "nofile 16384 to 16384",
  ]),
  fact("runtime", "Its container's runtime", host("Runtime"), wantedRuntime),
  fact("swap", "Memory and swap together, in MiB", mebibytes("MemorySwap"), mebibytes("Memory")),
  fact("log-limits", "Its container's log", host("LogConfig"), () => ({
    Type: "json-file",
    Config: { "max-file": "3", "max-size": "10m" },
  })),
  fact(
    "restart-policy",
    "Its container's restart policy",
    ({ container }) => container.inspected.HostConfig.RestartPolicy?.Name,
    () => "unless-stopped",
  ),
  fact("ports", "Ports of the host that lead to its container", publishedPorts, wantedPorts),
  fact(
    "container-networks",
    "Networks of its container",
    ({ container }) => Object.keys(container.inspected.NetworkSettings.Networks).toSorted(),
    ({ picture }) => [resourceName(picture.deployment.id)],
  ),
  { name: "container-secrets", look: tellsNoSecret },
];

type Inspected = OfContainer["container"]["inspected"];
type Host = Inspected["HostConfig"];

function host(name: keyof Host) {
  return ({ container }: OfContainer) => container.inspected.HostConfig[name];
}

function list(name: "CapAdd" | "CapDrop" | "GroupAdd") {
  return ({ container }: OfContainer): unknown[] => container.inspected.HostConfig[name] ?? [];
}

function mebibytes(name: "Memory" | "MemorySwap") {
  return ({ container }: OfContainer) => {
    const bytes = container.inspected.HostConfig[name] ?? 0;
    return bytes < 0 ? "no limit" : bytes / MIB;
  };
}

/** What did not become active may have ended before it was limited; a runtime of its own may refuse to limit it. */
function wantedProcesses(of: OfContainer): unknown {
  const { deployment, settings } = of.picture;
  return (deployment.status === "active" || isPrebooted(deployment)) && !settings.runtime
    ? 512
    : host("PidsLimit")(of);
}

function ulimits({ container }: OfContainer): string[] {
  const own = (container.inspected.HostConfig.Ulimits ?? []).map(
    ({ Name, Soft, Hard }) => `${Name} ${Soft} to ${Hard}`,
  );
  // The engine may have defaults of its own for others.
  return own.filter((limit) => /^(core|nofile) /.test(limit)).toSorted();
}

function wantedRuntime(of: OfContainer): unknown {
  return of.picture.settings.runtime ?? host("Runtime")(of);
}

function runsWhileActive({ picture: { deployment }, container }: OfContainer): Complaint[] {
  const { Status } = container.inspected.State;
  if (deployment.status !== "active" || Status === "running") return [];
  return [error(`Its container: expected running, found ${Status}.`, REDEPLOY)];
}

function labels({ container }: OfContainer): string[] {
  return LABELS.filter((name) => container.inspected.Config.Labels[name]);
}

function imageIsAsAskedFor({ picture, container }: OfContainer): Complaint[] {
  const { inspected, imageOfThatName } = container;
  const name = inspected.Config.Image;
  const { status, pinned_image } = picture.deployment;
  // What has failed was not recorded: its container is of the image that was tried last.
  const asked = (status === "active" ? pinned_image : undefined) ?? name;
  if (name !== asked) return [error(`Its container's image: expected ${asked}, found ${name}.`, REDEPLOY)];
  if (imageOfThatName === undefined)
    return [error(`Its image ${name}: expected in the engine, found nothing.`, `docker pull ${name}`)];
  if (imageOfThatName !== inspected.Image)
    return [
      warning(
        `Its image ${name}: expected ${inspected.Image}, found that the name stands for ${imageOfThatName} now.`,
        `${REDEPLOY} It then runs the other one.`,
      ),
    ];
  return [];
}

function hidesPaths({ container }: OfContainer): boolean {
  const { MaskedPaths, ReadonlyPaths } = container.inspected.HostConfig;
  return (MaskedPaths?.length ?? 0) > 0 && (ReadonlyPaths?.length ?? 0) > 0;
}

/** The cgroup namespace is left out: which one is the default depends on the host. */
function foreignNamespaces({ container }: OfContainer): string[] {
  const { PidMode, IpcMode, UTSMode, UsernsMode, NetworkMode } = container.inspected.HostConfig;
  const modes = { pid: PidMode, ipc: IpcMode, uts: UTSMode, user: UsernsMode, network: NetworkMode };
  const isForeign = ([, mode]: [string, string | undefined]) =>
    /^(host$|container:|shareable$)/.test(mode ?? "");
  return Object.entries(modes)
    .filter(isForeign)
    .map(([name, mode]) => `${name} of ${mode}`);
}

function devices({ container }: OfContainer): unknown[] {
  const { Devices, DeviceRequests, DeviceCgroupRules } = container.inspected.HostConfig;
  return [Devices, DeviceRequests, DeviceCgroupRules].flatMap((given) => given ?? []);
}

function mounts({ container }: OfContainer): string[] {
  return container.inspected.Mounts.filter((mount) => !isCodeCache(mount))
    .map(
      ({ Type, Name, Source, Destination, RW }) =>
        `${Type} ${Type === "volume" ? Name : Source} on ${Destination}${RW ? "" : ", read-only"}`,
    )
    .toSorted();
}

/** One may be there or not, but never to be written. */
function isCodeCache({ Name = "", Destination, RW }: Inspected["Mounts"][number]): boolean {
  return isCodeCacheName(Name) && Destination === CODE_CACHE_PATH && !RW;
}

function wantedMounts({ picture: { deployment } }: OfContainer): string[] {
  return [
    `volume ${dataVolumeName(deployment.id, deployment.data_volume)} on ${STATE_PATH}`,
    `volume ${handedVolumeName(deployment.id)} on /run/berth, read-only`,
  ];
}

/** A change of the settings alone is a warning: it is applied by the next redeploy. */
function limitsAreAsAskedFor({ picture: { settings }, container: { inspected } }: OfContainer): Complaint[] {
  const { Memory = 0, NanoCpus = 0, OomKillDisable } = inspected.HostConfig;
  const found = limitsText(Memory / MIB, NanoCpus / 1e9);
  const asked = inspected.Config.Labels[LIMITS_LABEL] ?? limitsText(settings.memoryMib, settings.cpus);
  const set = limitsText(settings.memoryMib, settings.cpus);
  if (found !== asked) return [error(`Its container's limits: expected ${asked}, found ${found}.`, REDEPLOY)];
  if (OomKillDisable)
    return [
      error("Its container: expected to be ended when it runs out of memory, found that it isn't.", REDEPLOY),
    ];
  if (asked !== set)
    return [warning(`Its container's limits: expected ${set}, which are set now, found ${asked}.`, REDEPLOY)];
  return [];
}

function publishedPorts({ container }: OfContainer): string[] {
  const { PortBindings, PublishAllPorts } = container.inspected.HostConfig;
  const bindings: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>> =
    PortBindings ?? {};
  const ports = Object.entries(bindings).flatMap(([inside, outside]) =>
    (outside ?? []).map(
      ({ HostIp, HostPort }) => `${HostIp || "every address"} port ${HostPort} to ${inside}`,
    ),
  );
  return [...ports, ...(PublishAllPorts ? ["all that its image names"] : [])].toSorted();
}

function wantedPorts({ picture: { settings, deployment } }: OfContainer): string[] {
  if (deployment.address === null) return [];
  return [`127.0.0.1 port ${addressAt(settings, deployment.address).hostPort} to ${ASSISTANT_PORT}/tcp`];
}

function tellsNoSecret({ picture: { secrets }, container: { inspected } }: OfContainer): Complaint[] {
  const leaks = leaksIn(JSON.stringify(inspected), secrets);
  if (leaks.length === 0) return [];
  const message = `What Docker shows of its container: expected no secret, found ${inWords(leaks)}.`;
  return [error(message, `Take another secret by PATCH.`)];
}
