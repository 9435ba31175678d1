// What the container engine holds of Berth's deployments, as it is right now.
import Docker from "dockerode";
import { EngineAway } from "../target.ts";
import { unlessGone } from "./client.ts";
import { listLabelled } from "./engine.ts";
import { howItEnded, lastLogLines } from "./last-words.ts";
import { DEPLOYMENT_LABEL, DOOR_LABEL, LIMITS_LABEL, limitsText } from "./names.ts";

const TIMEOUT_MS = 10_000;
/** For more deployments than this, asking for all of them is cheaper than asking for each. */
const ASKED_FOR_EACH = 10;
const MIB = 1024 * 1024;

/** What the engine has of one deployment. */
export interface Observation {
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

export const NOTHING: Observation = { containers: [], networks: [], volumes: [] };

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  /** The engine's word: created, running, paused, restarting, removing, exited or dead. */
  readonly state: string;
  readonly networks: readonly string[];
  /** What a list does not show. */
  readonly close?: CloseLook;
}

export interface CloseLook {
  /** For the end of a sentence; undefined while it runs, as the engine forgets the last end then. */
  readonly howItEnded: string | undefined;
  /** How often the engine has restarted it by itself. */
  readonly restarts: number;
  readonly createdAt: Date;
  readonly limits: string;
  /** Undefined for a container that was made before its limits were written down. */
  readonly limitsAskedFor: string | undefined;
  readonly restartPolicy: string;
}

/**
 * What the engine has of these deployments, or of all: by deployment id, without those of which it has nothing.
 * @throws EngineAway
 */
export async function observe(deploymentIds?: readonly string[]): Promise<Map<string, Observation>> {
  const labels =
    deploymentIds && deploymentIds.length <= ASKED_FOR_EACH
      ? deploymentIds.map((id) => `${DEPLOYMENT_LABEL}=${id}`)
      : [DEPLOYMENT_LABEL];
  const lists = await asking((docker) => Promise.all(labels.map((label) => listLabelled(docker, label))));
  const found = new Map<string, { containers: ObservedContainer[]; networks: string[]; volumes: string[] }>();
  const of = (given: Readonly<Record<string, string>> | null | undefined) => {
    const id = given?.[DEPLOYMENT_LABEL] ?? "";
    const known = found.get(id) ?? { containers: [], networks: [], volumes: [] };
    found.set(id, known);
    return known;
  };
  for (const { containers, networks, volumes } of lists) {
    for (const listed of containers)
      if (!(DOOR_LABEL in listed.Labels)) of(listed.Labels).containers.push(asListed(listed));
    for (const { Labels, Name } of networks) of(Labels).networks.push(Name);
    for (const { Labels, Name } of volumes) of(Labels).volumes.push(Name);
  }
  return found;
}

/**
 * A container with all that the engine knows of it; undefined if it is gone.
 * @throws EngineAway
 */
export async function lookClosely(id: string): Promise<ObservedContainer | undefined> {
  const found = await asking((docker) => docker.getContainer(id).inspect().catch(unlessGone));
  if (!found) return undefined;
  const { HostConfig, State, Config } = found;
  const cpus = (HostConfig.NanoCpus ?? 0) / 1e9;
  return {
    id: found.Id,
    name: withoutSlash(found.Name),
    state: State.Status,
    networks: Object.keys(found.NetworkSettings.Networks),
    close: {
      howItEnded: State.Status === "running" ? undefined : howItEnded(State),
      restarts: found.RestartCount,
      createdAt: new Date(found.Created),
      limits: limitsText((HostConfig.Memory ?? 0) / MIB, cpus),
      limitsAskedFor: Config.Labels[LIMITS_LABEL],
      restartPolicy: HostConfig.RestartPolicy?.Name ?? "",
    },
  };
}

/**
 * The last lines of a container's log, which may hold secrets; empty if it is gone.
 * @throws EngineAway
 */
export async function readLastLines(id: string): Promise<string> {
  const lines = await asking((docker) => lastLogLines(docker.getContainer(id)).catch(unlessGone));
  return lines ?? "";
}

function asListed({ Id, Names, State, NetworkSettings }: Docker.ContainerInfo): ObservedContainer {
  return {
    id: Id,
    name: withoutSlash(Names[0] ?? ""),
    state: State,
    networks: Object.keys(NetworkSettings.Networks),
  };
}

/** @throws EngineAway when the work fails. */
export async function asking<T>(ask: (docker: Docker) => Promise<T>): Promise<T> {
  try {
    return await ask(new Docker({ timeout: TIMEOUT_MS }));
  } catch (error) {
    throw new EngineAway(error);
  }
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, "");
}
