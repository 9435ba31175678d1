// Everything that Docker holds of Berth's deployments, for doctor: lists are read once, for one page or several, then each
// part is looked at.
import type Docker from "dockerode";
import { unlessGone } from "./client.ts";
import { listLabelled } from "./engine.ts";
import { MEASURE, MEASURE_TIMEOUT_MS } from "./measure-volume.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL } from "./names.ts";
import { asking } from "./observe.ts";

/** What the engine holds of one deployment. */
export interface Holding {
  readonly containers: readonly HeldContainer[];
  /** Names of containers that were only made to get at its volume, but for one that measures it right now. */
  readonly doors: readonly string[];
  readonly networks: readonly Docker.NetworkInspectInfo[];
  readonly volumes: readonly string[];
  /** By the ids of all that is labelled, of any installation: the deployments. */
  readonly owners: ReadonlyMap<string, string>;
}

export interface HeldContainer {
  readonly inspected: Docker.ContainerInspectInfo;
  /** The id of the image that its image's name stands for now; undefined if the engine has none of that name. */
  readonly imageOfThatName: string | undefined;
}

export interface Inventory {
  /** What is labelled for a deployment, in words, by that deployment's id. */
  readonly labelled: ReadonlyMap<string, readonly string[]>;
  /** What the engine protects every container by, e.g. `name=seccomp,profile=default`. */
  readonly securityOptions: readonly string[];
  /**
   * What it holds of a deployment, by the lists or, for one that has changed since they were read, by its own.
   * @throws EngineAway
   */
  look(deploymentId: string, hasChanged: boolean): Promise<Holding>;
}

type Lists = Awaited<ReturnType<typeof listLabelled>>;
/** By whose label they carry. */
type Shelves = Readonly<{ [Kind in keyof Lists]: ReadonlyMap<string, Lists[Kind]> }>;

/** @throws EngineAway */
export async function takeInventory(): Promise<Inventory> {
  return asking(async (docker) => {
    const [lists, info] = await Promise.all([listLabelled(docker, DEPLOYMENT_LABEL), docker.info()]);
    const [owners, all] = [ownersIn(lists), byOwner(lists)];
    const images = new Map<string, Promise<string | undefined>>();
    const imageNamed = (name: string) => {
      const found = images.get(name) ?? asking((engine) => imageId(engine, name));
      images.set(name, found);
      return found;
    };
    return {
      labelled: inWords(lists),
      securityOptions: (info as { SecurityOptions?: string[] }).SecurityOptions ?? [],
      look: (deploymentId, hasChanged) =>
        asking(async (engine) => {
          const own = hasChanged
            ? byOwner(await listLabelled(engine, `${DEPLOYMENT_LABEL}=${deploymentId}`))
            : all;
          return lookAt(engine, { ...own, owners }, deploymentId, imageNamed);
        }),
    };
  });
}

async function lookAt(
  docker: Docker,
  { containers, networks, volumes, owners }: Shelves & Pick<Holding, "owners">,
  deploymentId: string,
  imageNamed: (name: string) => Promise<string | undefined>,
): Promise<Holding> {
  const isDoor = ({ Labels }: Docker.ContainerInfo) => DOOR_LABEL in Labels;
  const own = containers.get(deploymentId) ?? [];
  const ownNetworks = networks.get(deploymentId) ?? [];
  const [inspected, seenNetworks] = await Promise.all([
    Promise.all(
      own
        .filter((listed) => !isDoor(listed))
        .map(({ Id }) => docker.getContainer(Id).inspect().catch(unlessGone)),
    ),
    Promise.all(ownNetworks.map(({ Id }) => docker.getNetwork(Id).inspect().catch(unlessGone))),
  ]);
  const there = inspected.filter((found) => found !== undefined);
  return {
    containers: await Promise.all(
      there.map(async (found) => ({
        inspected: found,
        imageOfThatName: await imageNamed(found.Config.Image),
      })),
    ),
    doors: own.filter((listed) => isDoor(listed) && !isMeasuring(listed)).map(nameOf),
    networks: seenNetworks.filter((network): network is Docker.NetworkInspectInfo => network !== undefined),
    volumes: (volumes.get(deploymentId) ?? []).map(({ Name }) => Name),
    owners,
  };
}

function byOwner({ containers, networks, volumes }: Lists): Shelves {
  const ownerOf = ({ Labels }: { readonly Labels?: Readonly<Record<string, string>> | null | undefined }) =>
    Labels?.[DEPLOYMENT_LABEL] ?? "";
  return {
    containers: Map.groupBy(containers, ownerOf),
    networks: Map.groupBy(networks, ownerOf),
    volumes: Map.groupBy(volumes, ownerOf),
  };
}

function ownersIn({ containers, networks, volumes }: Lists): Map<string, string> {
  const parts = [
    ...containers.map(({ Id, Labels }) => ({ id: Id, Labels })),
    ...networks.map(({ Id, Labels }) => ({ id: Id, Labels })),
    ...volumes.map(({ Name, Labels }) => ({ id: Name, Labels })),
  ];
  return new Map(parts.map(({ id, Labels }) => [id, Labels?.[DEPLOYMENT_LABEL] ?? ""]));
}

function isMeasuring({ Labels, Created }: Docker.ContainerInfo): boolean {
  const ageMs = Date.now() - Created * 1000;
  return Labels[DOOR_LABEL] === MEASURE && Math.abs(ageMs) < 2 * MEASURE_TIMEOUT_MS;
}

async function imageId(docker: Docker, name: string): Promise<string | undefined> {
  const found = await docker.getImage(name).inspect().catch(unlessGone);
  return found?.Id;
}

function inWords({ containers, networks, volumes }: Lists): Map<string, string[]> {
  const parts = [
    ...containers.map((listed) => ({ Labels: listed.Labels, words: `container ${nameOf(listed)}` })),
    ...networks.map(({ Labels, Name }) => ({ Labels, words: `network ${Name}` })),
    ...volumes.map(({ Labels, Name }) => ({ Labels, words: `volume ${Name}` })),
  ];
  const byId = Map.groupBy(parts, ({ Labels }) => Labels?.[DEPLOYMENT_LABEL] ?? "");
  return new Map([...byId].map(([id, labelled]) => [id, labelled.map(({ words }) => words)]));
}

function nameOf({ Names, Id }: Docker.ContainerInfo): string {
  return Names[0]?.replace(/^\//, "") ?? Id;
}
