// A stack's state against what the engine has: whose each of its resources is, what is gone, and what there is beside them.
import Docker from "dockerode";
import type { Comparison, StateResource } from "../found.ts";
import { isAsRecorded } from "./as-recorded.ts";
import { unlessGone } from "./client.ts";
import { containersOf, listLabelled } from "./engine.ts";
import { DEPLOYMENT_LABEL, dataVolumeName, handedVolumeName, ownerByName } from "./names.ts";

/** What says whose a part is. */
interface Marked {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent of what can't be changed. */
  readonly container?: Docker.ContainerInspectInfo;
}

type Find = (docker: Docker, id: string) => Promise<Marked | undefined>;

const FIND: ReadonlyMap<string, { readonly kind: string; readonly find: Find }> = new Map([
  ["docker:index/container:Container", { kind: "container", find: findContainer }],
  ["docker:index/network:Network", { kind: "network", find: findNetwork }],
  ["docker:index/volume:Volume", { kind: "volume", find: findVolume }],
]);

/** @throws Error of the engine */
export async function compareWithState(
  deploymentId: string,
  resources: readonly StateResource[],
  dataVolume?: string | null,
): Promise<Comparison> {
  const docker = new Docker();
  const parts = resources.flatMap(({ type, id, outputs }) => {
    const known = FIND.get(type);
    return known && id ? [{ ...known, id, outputs }] : [];
  });
  const data = dataVolumeName(deploymentId, dataVolume);
  const [found, beside, ownData] = await Promise.all([
    Promise.all(parts.map(async (part) => ({ ...part, marked: await part.find(docker, part.id) }))),
    findBeside(docker, deploymentId, new Set(parts.map(({ id }) => id))),
    findVolume(docker, data),
  ]);
  const isData = ({ kind, id }: (typeof found)[number]) => kind === "volume" && id === data;
  return {
    foreign: found.flatMap(({ kind, id, marked }) => {
      const whose = marked && ownerOf(marked);
      return !marked || whose === deploymentId
        ? []
        : [`${kind} ${shown(kind, id)}, which is ${inWords(whose)}`];
    }),
    lost: found.flatMap((part) =>
      part.marked || isData(part) ? [] : [`${part.kind} ${shown(part.kind, part.id)}`],
    ),
    beside,
    data: ownData ? "there" : found.some(isData) ? "gone" : "none",
    isAsRecorded: found.every(
      ({ marked, outputs }) => marked && (!marked.container || isAsRecorded(marked.container, outputs)),
    ),
  };
}

async function findBeside(
  docker: Docker,
  deploymentId: string,
  known: ReadonlySet<string>,
): Promise<string[]> {
  const [containers, { networks, volumes }] = await Promise.all([
    containersOf(docker, deploymentId),
    listLabelled(docker, `${DEPLOYMENT_LABEL}=${deploymentId}`),
  ]);
  const parts = [
    ...containers.map(({ Id, Names }) => ({ id: Id, words: `container ${Names[0]?.slice(1) ?? Id}` })),
    ...networks.map(({ Id, Name }) => ({ id: Id, words: `network ${Name}` })),
    ...volumes
      .filter(({ Name }) => Name === handedVolumeName(deploymentId))
      .map(({ Name }) => ({ id: Name, words: `volume ${Name}` })),
  ];
  return parts.filter(({ id }) => !known.has(id)).map(({ words }) => words);
}

/** What has no label is the deployment's whose name it has: an operator may have made it by hand. */
function ownerOf({ name, labels }: Marked): string | undefined {
  return labels[DEPLOYMENT_LABEL] ?? ownerByName(name);
}

function inWords(owner: string | undefined): string {
  return owner === undefined ? "not Berth's" : `deployment ${owner}'s`;
}

/** Ids of containers and networks are long; volumes have names. */
function shown(kind: string, id: string): string {
  return kind === "volume" ? id : id.slice(0, 12);
}

async function findContainer(docker: Docker, id: string): Promise<Marked | undefined> {
  const found = await docker.getContainer(id).inspect().catch(unlessGone);
  return found && { name: found.Name.slice(1), labels: found.Config.Labels ?? {}, container: found };
}

async function findNetwork(docker: Docker, id: string): Promise<Marked | undefined> {
  const found = await docker.getNetwork(id).inspect().catch(unlessGone);
  return found && { name: found.Name, labels: found.Labels ?? {} };
}

async function findVolume(docker: Docker, name: string): Promise<Marked | undefined> {
  const found = await docker.getVolume(name).inspect().catch(unlessGone);
  return found && { name: found.Name, labels: found.Labels ?? {} };
}
