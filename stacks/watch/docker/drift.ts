// What was asked for against what the engine was seen to have. Pure: who looks, when, is watch.ts.
import { resourceName } from "../../../infra/args.ts";
import { RESTART_POLICY } from "../../../infra/docker/container.ts";
import type { CloseLook, Observation, ObservedContainer } from "../../../infra/docker/observe.ts";
import type { Difference } from "../../database/deployment-table.ts";
import type { Deployment } from "../../deployments/deployments.ts";
import { recordedOutputs } from "../../deployments/outputs.ts";

type Recorded = Pick<Deployment, "id" | "status" | "outputs">;

/** The container that an active deployment's stack has reported, if the engine has it. */
export function ownContainer(recorded: Recorded, observed: Observation): ObservedContainer | undefined {
  const containerId = recordedOutputs(recorded.outputs)?.containerId;
  return observed.containers.find(({ id }) => id === containerId);
}

/**
 * How the engine differs from the record of a deployment on which no operation runs; undefined if it doesn't. A status
 * that its outputs don't bear out is known by the record alone.
 */
export function difference(recorded: Recorded, observed: Observation): Difference | undefined {
  const outputs = recordedOutputs(recorded.outputs);
  if (!outputs || outputs.status !== recorded.status) return undefined;
  const lost = [
    ...(observed.networks.includes(outputs.network) ? [] : ["its network"]),
    ...(observed.volumes.includes(outputs.volume) ? [] : ["the volume with its data"]),
  ];
  if (outputs.status === "stopped") {
    if (observed.containers.length > 0)
      return { state: "unexpected", detail: "It is stopped, but the engine has a container of it." };
    return lost.length > 0 ? missing(lost) : undefined;
  }
  const own = ownContainer(recorded, observed);
  if (!own && observed.containers.length === 0) return missing(["its container", ...lost]);
  if (!own) return { state: "unexpected", detail: "Another container stands in the place of its own." };
  if (lost.length > 0) return missing(lost);
  if (observed.containers.length > 1)
    return { state: "unexpected", detail: "The engine has more than one container of it." };
  return stateOf(own) ?? changeOf(own, resourceName(recorded.id), outputs.network);
}

function missing(parts: readonly string[]): Difference {
  const list = new Intl.ListFormat("en", { type: "conjunction" }).format(parts);
  return { state: "missing", detail: `The engine does not have ${list} any more.` };
}

function stateOf({ state, close }: ObservedContainer): Difference | undefined {
  const how = close?.howItEnded ? ` (${close.howItEnded})` : "";
  switch (state) {
    case "running":
      return undefined;
    case "paused":
      return { state: "paused", detail: "Its container is paused." };
    case "restarting":
      return { state: "restarting", detail: `Its container has ended${how} and is being started again.` };
    case "created":
      return { state: "ended", detail: "Its container was never started." };
    default:
      return { state: "ended", detail: `Its container has ended${how}.` };
  }
}

function changeOf(
  { name, networks, close }: ObservedContainer,
  wantedName: string,
  wantedNetwork: string,
): Difference | undefined {
  const others = networks.filter((network) => network !== wantedNetwork);
  const details = [
    ...(name === wantedName ? [] : [`Its container was renamed to ${name}.`]),
    ...(networks.includes(wantedNetwork) ? [] : ["Its container is not connected to its network."]),
    ...(others.length > 0 ? [`Its container is connected to other networks: ${others.join(", ")}.`] : []),
    ...(close ? changedSettings(close) : []),
  ];
  return details.length > 0 ? { state: "changed", detail: details.join(" ") } : undefined;
}

/** An image is no setting that could have changed: a container keeps the one that it was made from. */
function changedSettings({ limits, limitsAskedFor, restartPolicy }: CloseLook): string[] {
  return [
    ...(limitsAskedFor === undefined || limits === limitsAskedFor
      ? []
      : [`Its container may use ${limits}, where ${limitsAskedFor} were asked for.`]),
    ...(restartPolicy === RESTART_POLICY ? [] : ["Its container is not restarted when it ends."]),
  ];
}
