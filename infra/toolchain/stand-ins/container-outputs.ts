// A container's state as the official plugin records it: what Docker reports, and the inputs that Docker doesn't know
// or mixes with the image's own. Pure.
import type * as docker from "@pulumi/docker";
import type { ContainerInspectInfo } from "dockerode";
import { limits, nanoCpus } from "./container-body.ts";
import type { Properties, Value } from "./resource-kind.ts";
import { objects, plain, plainInputs, strings } from "./schema.ts";

const MIB = 1024 * 1024;
const META =
  '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000},"schema_version":"2"}';

/** The SDK declares one property that the official plugin did not write. */
type StateProperty = Exclude<keyof docker.ContainerState, "deviceCgroupRules">;

/** Properties of the official state that the stand-in has no inputs for. */
const UNUSED = {
  attach: false,
  bridge: "",
  cgroupParent: null,
  cgroupnsMode: null,
  containerLogs: null,
  cpuPeriod: null,
  cpuQuota: null,
  cpuSet: "",
  deviceReadBps: [],
  deviceReadIops: [],
  deviceRequests: [],
  deviceWriteBps: [],
  deviceWriteIops: [],
  devices: [],
  dnsOpts: null,
  dnsSearches: null,
  domainname: "",
  gpus: null,
  groupAdds: null,
  logs: false,
  mounts: [],
  pidMode: null,
  privileged: false,
  publishAllPorts: false,
  rm: false,
  stdinOpen: false,
  stopSignal: "",
  storageOpts: null,
  sysctls: null,
  tty: false,
  uploads: [],
  usernsMode: "",
  wait: false,
} as const;

/** A connection to a network of which nothing but the name was asked for. */
const PLAIN_ENDPOINT = {
  aliases: [],
  driverOpts: [],
  gwPriority: null,
  ipv4Address: "",
  ipv6Address: "",
  linkLocalIps: [],
  macAddress: "",
} as const;

/** @param known the inputs, or the outputs recorded before */
export function containerOutputs(found: ContainerInspectInfo, known: Properties) {
  return {
    ...UNUSED,
    __meta: META,
    id: found.Id,
    ...fromInputs(known),
    ...fromConfig(found),
    ...fromHostConfig(found),
    ...limitsOf(found, known),
    ...fromState(found, known),
  } satisfies Properties & Record<StateProperty, unknown>;
}

/** A container that never started: what was computed is missing, by which a later diff knows it. */
export function unstartedOutputs(id: string, inputs: Properties): Properties {
  return { ...plainInputs(inputs), __meta: META, id };
}

export function neverStarted(outputs: Properties): boolean {
  return !outputs.entrypoints && !outputs.networkDatas;
}

function fromInputs(known: Properties) {
  const sorted = (name: string) => (known[name] ? strings(known[name]).sort() : null);
  const asGiven = (name: string): Value => plain(known[name] ?? null);
  return {
    containerReadRefreshTimeoutMilliseconds: asGiven("containerReadRefreshTimeoutMilliseconds"),
    destroyGraceSeconds: asGiven("destroyGraceSeconds"),
    envs: sorted("envs"),
    healthcheck: asGiven("healthcheck"),
    image: asGiven("image"),
    init: known.init === true,
    labels: objects(known.labels).map(plain),
    networkMode: asGiven("networkMode"),
    networksAdvanced: objects(known.networksAdvanced).map(({ name = "" }) => ({ ...PLAIN_ENDPOINT, name })),
    removeVolumes: asGiven("removeVolumes"),
    start: asGiven("start"),
    tmpfs: asGiven("tmpfs"),
    volumes: objects(known.volumes).map(({ containerPath = "", hostPath, readOnly, volumeName }) => ({
      containerPath,
      fromContainer: "",
      hostPath: hostPath ?? "",
      readOnly: readOnly ?? null,
      selinuxRelabel: "",
      volumeName: volumeName ?? "",
    })),
    waitTimeout: asGiven("waitTimeout"),
  };
}

function fromConfig({ Name, Config, Platform }: ContainerInspectInfo) {
  return {
    name: Name.replace(/^\//, ""),
    command: Config.Cmd ?? [],
    entrypoints: [Config.Entrypoint ?? []].flat(),
    hostname: Config.Hostname,
    platform: Platform,
    stopTimeout: "StopTimeout" in Config ? Number(Config.StopTimeout) : 0,
    user: Config.User,
    workingDir: Config.WorkingDir,
  };
}

function fromHostConfig({ HostConfig: host }: ContainerInspectInfo) {
  return {
    capabilities: { adds: host.CapAdd ?? [], drops: host.CapDrop ?? [] },
    cpuShares: host.CpuShares ?? 0,
    dns: host.Dns?.length ? host.Dns : null,
    hosts: ((host.ExtraHosts ?? []) as string[]).map((entry) => {
      const [name = "", ...address] = entry.split(":");
      return { host: name, ip: address.join(":") };
    }),
    ipcMode: host.IpcMode ?? "",
    logDriver: host.LogConfig?.Type ?? "",
    logOpts: { ...host.LogConfig?.Config },
    maxRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    memory: Math.max(host.Memory ?? 0, 0) / MIB,
    memoryReservation: (host.MemoryReservation ?? 0) / MIB,
    readOnly: host.ReadonlyRootfs ?? false,
    restart: host.RestartPolicy?.Name ?? "",
    runtime: host.Runtime ?? "",
    securityOpts: host.SecurityOpt ?? [],
    shmSize: (host.ShmSize ?? 0) / MIB,
    ulimits: (host.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard })),
  };
}

/** As they were given while that is what they are: Docker knows them in other units. */
function limitsOf({ HostConfig: { NanoCpus, MemorySwap } }: ContainerInspectInfo, known: Properties) {
  const asked = limits(known);
  const areCpusAsked = NanoCpus === undefined || NanoCpus === nanoCpus(known);
  const isSwapAsked = MemorySwap === undefined || MemorySwap === asked.MemorySwap;
  return {
    cpus: areCpusAsked ? plain(known.cpus ?? null) : String(NanoCpus / 1e9),
    memorySwap: isSwapAsked ? plain(known.memorySwap ?? null) : Math.max(MemorySwap / MIB, -1),
  };
}

function fromState({ State, NetworkSettings }: ContainerInspectInfo, known: Properties) {
  return {
    exitCode: State.Running ? null : State.ExitCode,
    mustRun: known.mustRun !== false && State.Running,
    networkDatas: Object.entries(NetworkSettings.Networks).map(([networkName, network]) => ({
      gateway: network.Gateway,
      globalIpv6Address: network.GlobalIPv6Address,
      globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
      ipAddress: network.IPAddress,
      ipPrefixLength: network.IPPrefixLen,
      ipv6Gateway: network.IPv6Gateway,
      macAddress: network.MacAddress,
      networkName,
    })),
    ports: Object.entries(NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) => {
      const [internal, protocol = "tcp"] = key.split("/");
      return (bindings ?? []).map(({ HostIp, HostPort }) => ({
        external: Number(HostPort),
        internal: Number(internal),
        ip: HostIp,
        protocol,
      }));
    }),
  };
}
