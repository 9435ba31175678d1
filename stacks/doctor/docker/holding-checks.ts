// What the engine holds of a deployment as a whole: how many containers, which network, which volume.

import { resourceName } from "../../../infra/args.ts";
import { bridgeName } from "../../../infra/docker/bridge.ts";
import { dataVolumeName, handedVolumeName } from "../../../infra/docker/names.ts";
import { addressAt } from "../../deployments/addresses.ts";
import { isPrebooted, recordedOutputs } from "../../deployments/outputs.ts";
import { type Check, type Complaint, error, fact, inWords, REDEPLOY } from "../check.ts";
import type { OnDocker } from "./picture.ts";

const BRIDGE = "com.docker.network.bridge.name";
const ICC = "com.docker.network.bridge.enable_icc";
/** What has failed may have a container or none. */
const CONTAINERS: Readonly<Record<string, number>> = {
  pending_payment: 0,
  purchased: 0,
  active: 1,
  stopped: 0,
  suspended: 0,
};

export const HOLDING_CHECKS: readonly Check<OnDocker>[] = [
  { name: "container-count", look: asManyContainersAsMeant },
  { name: "container-own", look: containerIsTheRecords },
  { name: "container-leftover", look: noContainerWasLeft },
  { name: "network", look: networkIsThere },
  { name: "network-subnet", look: ofNetwork("subnet", subnetsOf, ownSubnet) },
  { name: "network-driver", look: ofNetwork("driver", ({ Driver }) => Driver, "bridge") },
  {
    name: "network-icc",
    look: ofNetwork("way between containers (icc)", ({ Options }) => Options?.[ICC] ?? "true", "false"),
  },
  {
    name: "network-bridge",
    look: ofNetwork("bridge, by which the host rules know it", ({ Options }) => Options?.[BRIDGE], ownBridge),
  },
  { name: "network-members", look: nobodyElseIsOnTheNetwork },
  fact(
    "volume",
    "Its volumes",
    ({ held }) => held.volumes.toSorted(),
    wantedVolumes,
    "Its data is gone if the volume is missing: restore it from a backup. Others than its own can be removed by docker volume rm.",
  ),
];

/** What has failed may have that with its secrets, or not. */
function wantedVolumes({ held, deployment }: OnDocker): string[] {
  const { id, status, outputs, data_volume } = deployment;
  const found = held.volumes.toSorted();
  if (!recordedOutputs(outputs)) return found;
  const data = dataVolumeName(id, data_volume);
  const hasSecrets =
    isMeantToRun(deployment) || (status === "failed" && found.includes(handedVolumeName(id)));
  return hasSecrets ? [data, handedVolumeName(id)].toSorted() : [data];
}

type Network = OnDocker["held"]["networks"][number];

/** That of a paid slot may wait for its activation. */
function isMeantToRun({ status, outputs }: OnDocker["deployment"]): boolean {
  return status === "active" || (status === "purchased" && isPrebooted({ outputs }));
}

function asManyContainersAsMeant({ deployment, held }: OnDocker): Complaint[] {
  const { status } = deployment;
  const wanted = isMeantToRun(deployment) ? 1 : CONTAINERS[status];
  const found = held.containers.map(({ inspected }) => inspected.Name.slice(1));
  if (wanted === undefined || found.length === wanted) return [];
  const names = found.length > 0 ? `: ${found.join(", ")}` : "";
  const message = `It is ${status}: expected ${wanted === 1 ? "one container" : "no container"}, found ${found.length}${names}.`;
  const advice =
    status === "active" || status === "stopped" ? REDEPLOY : "Look at it, then remove it by docker rm -f.";
  return [error(message, advice)];
}

function containerIsTheRecords({ deployment, held }: OnDocker): Complaint[] {
  const wanted = recordedOutputs(deployment.outputs)?.containerId;
  if (!isMeantToRun(deployment) || !wanted) return [];
  const ids = held.containers.map(({ inspected }) => inspected.Id);
  if (ids.includes(wanted)) return [];
  const message = `Its container: expected ${wanted.slice(0, 12)}, which its stack has made, found ${inWords(ids.map((id) => id.slice(0, 12)))}.`;
  return [error(message, REDEPLOY)];
}

function noContainerWasLeft({ held }: OnDocker): Complaint[] {
  return held.doors.map((name) =>
    error(
      `A container that was only made to get at its data: expected to be gone, found ${name}.`,
      `docker rm -f ${name}`,
    ),
  );
}

function networkIsThere({ deployment, held }: OnDocker): Complaint[] {
  const names = held.networks.map(({ Name }) => Name);
  const wanted = recordedOutputs(deployment.outputs) ? [resourceName(deployment.id)] : names;
  if (inWords(names) === inWords(wanted)) return [];
  return [error(`Its networks: expected ${inWords(wanted)}, found ${inWords(names)}.`, REDEPLOY)];
}

function ofNetwork(
  what: string,
  found: (network: Network) => unknown,
  wanted: string | ((picture: OnDocker) => string),
): (picture: OnDocker) => Complaint[] {
  return (picture) => {
    const should = typeof wanted === "string" ? wanted : wanted(picture);
    return picture.held.networks.flatMap((network) => {
      const has = inWords(found(network));
      if (has === should) return [];
      return [error(`Its network's ${what}: expected ${should}, found ${has}.`, REDEPLOY)];
    });
  };
}

function subnetsOf({ IPAM }: Network): string[] {
  return (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? "");
}

function ownSubnet({ settings, deployment: { address } }: OnDocker): string {
  return address === null ? "nothing" : addressAt(settings, address).subnet;
}

function ownBridge(picture: OnDocker): string {
  return picture.deployment.address === null ? "nothing" : bridgeName(ownSubnet(picture));
}

function nobodyElseIsOnTheNetwork({ held }: OnDocker): Complaint[] {
  const own = held.containers.map(({ inspected }) => inspected.Id);
  return held.networks.flatMap(({ Name, Containers }) => {
    const others = Object.entries(Containers ?? {}).filter(([id]) => !own.includes(id));
    if (others.length === 0) return [];
    const names = others.map(([, { Name: name }]) => name);
    const message = `Its network: expected its own container only, found ${inWords(names)}.`;
    return [error(message, `docker network disconnect --force ${Name} ${names.join(" ")}`)];
  });
}
