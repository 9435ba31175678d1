// Ranges of addresses and ports that are in use where assistants run: by the engine's networks and containers, by the host's
// routes, bridges and sockets.
import { readdir } from "node:fs/promises";
import type Docker from "dockerode";
import ipaddr from "ipaddr.js";
import type { Occupied, PortRange } from "../found.ts";
import { BRIDGE_NAME, BRIDGE_PREFIX } from "./bridge.ts";
import { whyElsewhere } from "./host-rules/engine-place.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";
import { asking } from "./observe.ts";
import { isFree, type Listener, programsOf, readListeners, readRoutes } from "./proc-net.ts";

/** Of assistants' networks. */
const OWN_PREFIX = 28;

/**
 * What is in use, each with who uses it. What the host has itself is known only where the engine's networks are this
 * process's, too. A deployment's own parts are named by its id.
 * @throws EngineAway
 */
export async function findOccupied(ports: PortRange): Promise<Occupied[]> {
  const [[networks, containers], elsewhere] = await Promise.all([
    asking((docker) => Promise.all([docker.listNetworks(), docker.listContainers()])),
    whyElsewhere(),
  ]);
  const published = containers.flatMap(portsOf).filter(({ port }) => isWithin(ports, port));
  const known = [...networks.flatMap(rangesOf), ...published];
  return elsewhere === undefined ? [...known, ...(await onHost(networks, known, ports))] : known;
}

/** As findOccupied, with what the engine may use some day. @throws EngineAway */
export async function findClaimed(ports: PortRange): Promise<Occupied[]> {
  const [occupied, info] = await Promise.all([findOccupied(ports), asking((docker) => docker.info())]);
  return [...occupied, ...poolsOf(info)];
}

function rangesOf({ Name, IPAM, Labels }: Docker.NetworkInspectInfo): Occupied[] {
  const deploymentId = Labels?.[DEPLOYMENT_LABEL] ?? null;
  const ranges = (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []).filter(isIpv4);
  return ranges.map((range) => ({ kind: "network", range, by: `the Docker network ${Name}`, deploymentId }));
}

function portsOf({ Names, Ports, Labels }: Docker.ContainerInfo): (Occupied & { readonly port: number })[] {
  const deploymentId = Labels[DEPLOYMENT_LABEL] ?? null;
  const ports = Ports.flatMap(({ PublicPort, Type }) => (Type === "tcp" ? (PublicPort ?? []) : []));
  return ports.map((port) => ({
    kind: "port",
    port,
    by: `the container ${Names[0]?.slice(1)}`,
    deploymentId,
  }));
}

/** Of the ranges that the engine gives to networks of which nobody has said where they are to be. */
function poolsOf(info: unknown): Occupied[] {
  const { DefaultAddressPools: pools } = info as {
    readonly DefaultAddressPools?: readonly { readonly Base: string }[] | null;
  };
  const ranges = (pools ?? []).map(({ Base }) => Base).filter(isIpv4);
  const by = "the engine's default-address-pools";
  return ranges.map((range) => ({ kind: "pool", range, by, deploymentId: null }));
}

function isIpv4(range: string): boolean {
  return ipaddr.IPv4.isValidCIDR(range);
}

async function onHost(
  networks: readonly Docker.NetworkInspectInfo[],
  known: readonly Occupied[],
  ports: PortRange,
): Promise<Occupied[]> {
  const ranges = new Set(known.flatMap(({ range }) => range ?? []));
  const routes = (await readRoutes()).filter(({ cidr }) => !ranges.has(cidr));
  const bridges = new Set(networks.flatMap(({ Options }) => Options?.[BRIDGE_NAME] ?? []));
  const devices = (await readdir("/sys/class/net").catch(() => [])).filter((name) => !bridges.has(name));
  const published = new Set(known.map(({ port }) => port));
  const listeners = (await listenersIn(ports, published)).filter(
    ({ port }) => isWithin(ports, port) && !published.has(port),
  );
  const programs = await programsOf(new Set(listeners.map(({ inode }) => inode)));
  const own = { deploymentId: null };
  return [
    ...routes.map(({ cidr, device }) => ({
      ...own,
      kind: "route" as const,
      range: cidr,
      by: `the route by ${device}`,
    })),
    ...devices.flatMap(rangeOfBridge),
    ...listeners.map(({ port, inode }) => {
      const by = programs.get(inode) ?? "a program that listens";
      return { ...own, kind: "port" as const, port, by };
    }),
  ];
}

/** To list all that listen takes the kernel some 20 ms. */
async function listenersIn(
  { first, last }: PortRange,
  published: ReadonlySet<number | undefined>,
): Promise<Listener[]> {
  const isOne = first === last;
  return isOne && (published.has(first) || (await isFree(first))) ? [] : readListeners();
}

/** A bridge by the name that an assistant's network would have: the engine could not make another one. */
function rangeOfBridge(device: string): Occupied[] {
  const octets = device.startsWith(BRIDGE_PREFIX) ? device.slice(BRIDGE_PREFIX.length) : "";
  if (!/^[0-9a-f]{8}$/.test(octets)) return [];
  const range = `${[...Buffer.from(octets, "hex")].join(".")}/${OWN_PREFIX}`;
  return [{ kind: "bridge", range, by: `the bridge ${device}`, deploymentId: null }];
}

function isWithin({ first, last }: PortRange, port: number): boolean {
  return port >= first && port <= last;
}
