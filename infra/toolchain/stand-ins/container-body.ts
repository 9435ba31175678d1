// From a container's inputs to the bodies of Docker's calls. Pure.
import type { ContainerCreateOptions } from "dockerode";
import { labelMap } from "./labels.ts";
import type { Properties, Value } from "./resource-kind.ts";
import { isObject, objects, stringMap, strings } from "./schema.ts";

const MIB = 1024 * 1024;
const NANOSECONDS = { h: 3_600e9, m: 60e9, s: 1e9, ms: 1e6 } as const;

/** Names of the networks to connect; those after the first need a call each on older engines. */
export function networkNames(inputs: Properties): string[] {
  return objects(inputs.networksAdvanced).map(({ name }) => String(name));
}

/** The network is connected at creation, so that the container is never on one it was not meant for. */
export function createBody(inputs: Properties): ContainerCreateOptions {
  const ports = objects(inputs.ports).map((port) => ({
    key: `${port.internal}/${port.protocol}`,
    port,
  }));
  const [network] = networkNames(inputs);
  return {
    name: String(inputs.name),
    Image: String(inputs.image),
    Labels: labelMap(inputs.labels),
    ...(inputs.command && { Cmd: strings(inputs.command) }),
    ...(inputs.entrypoints && { Entrypoint: strings(inputs.entrypoints) }),
    ...(inputs.envs && { Env: strings(inputs.envs) }),
    ...(inputs.user && { User: String(inputs.user) }),
    ...(inputs.hostname && { Hostname: String(inputs.hostname) }),
    ...(inputs.workingDir && { WorkingDir: String(inputs.workingDir) }),
    ...(inputs.stopTimeout && { StopTimeout: Number(inputs.stopTimeout) }),
    ...(isObject(inputs.healthcheck) && { Healthcheck: healthcheck(inputs.healthcheck) }),
    ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])),
    HostConfig: {
      ...hostConfig(inputs),
      ...limits(inputs),
      PortBindings: Object.fromEntries(
        ports.map(({ key, port }) => [
          key,
          [{ HostIp: String(port.ip), HostPort: String(port.external ?? "") }],
        ]),
      ),
    },
    ...(network && { NetworkingConfig: { EndpointsConfig: { [network]: {} } } }),
  };
}

/** What can be changed of a container that exists. 1024 shares are Docker's default: 0 would leave them as they are. */
export function updateBody(news: Properties, old: Properties) {
  return { ...limits(news), ...(old.cpuShares && !news.cpuShares && { CpuShares: 1024 }) };
}

export function limits(inputs: Properties) {
  const memory = Number(inputs.memory ?? 0) * MIB;
  const swap = Number(inputs.memorySwap ?? 0);
  return {
    Memory: memory,
    // Docker's own default is twice the memory, but it keeps the former number on update unless one is sent.
    MemorySwap: swap === 0 ? memory * 2 : Math.max(swap * MIB, -1),
    MemoryReservation: Number(inputs.memoryReservation ?? 0) * MIB,
    CpuShares: Number(inputs.cpuShares ?? 0),
    RestartPolicy: {
      Name: String(inputs.restart),
      MaximumRetryCount: Number(inputs.maxRetryCount ?? 0),
    },
  };
}

export function nanoCpus({ cpus }: Properties): number {
  return Math.round(Number(cpus ?? 0) * 1e9);
}

function hostConfig(inputs: Properties): NonNullable<ContainerCreateOptions["HostConfig"]> {
  const capabilities = isObject(inputs.capabilities) ? inputs.capabilities : {};
  return {
    Binds: objects(inputs.volumes).map(bind),
    NanoCpus: nanoCpus(inputs),
    CapAdd: strings(capabilities.adds),
    CapDrop: strings(capabilities.drops),
    SecurityOpt: strings(inputs.securityOpts),
    NetworkMode: String(inputs.networkMode),
    ReadonlyRootfs: inputs.readOnly === true,
    Tmpfs: stringMap(inputs.tmpfs),
    Init: inputs.init === true,
    LogConfig: { Type: String(inputs.logDriver ?? ""), Config: stringMap(inputs.logOpts) },
    Dns: strings(inputs.dns),
    ExtraHosts: objects(inputs.hosts).map(({ host, ip }) => `${host}:${ip}`),
    Ulimits: objects(inputs.ulimits).map(({ name, soft, hard }) => ({
      Name: String(name),
      Soft: Number(soft),
      Hard: Number(hard),
    })),
    ...(inputs.shmSize && { ShmSize: Number(inputs.shmSize) * MIB }),
    ...(inputs.runtime && { Runtime: String(inputs.runtime) }),
  };
}

function bind({ hostPath, volumeName, containerPath, readOnly }: Properties): string {
  return `${hostPath || volumeName}:${containerPath}:${readOnly === true ? "ro" : "rw"}`;
}

function healthcheck(check: Properties) {
  return {
    Test: strings(check.tests),
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.startPeriod),
    Retries: Number(check.retries ?? 0),
  };
}

/** Go's way to write a duration, e.g. `1m30s`. */
function nanoseconds(duration: Value | undefined): number {
  const parts = String(duration ?? "0s").matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g);
  return [...parts].reduce(
    (sum, [, number, unit]) => sum + Number(number) * NANOSECONDS[unit as keyof typeof NANOSECONDS],
    0,
  );
}
