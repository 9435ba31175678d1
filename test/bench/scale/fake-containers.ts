// What the fake engine has of a world: containers, networks and volumes, as Docker lists and inspects them.
import { resourceName } from "../../../infra/args.ts";
import { DEPLOYMENT_LABEL, LIMITS_LABEL, limitsText } from "../../../infra/docker/names.ts";
import { IMAGE, IMAGE_ID, type Member, volumesOf } from "./world.ts";

export interface Filters {
  readonly label?: readonly string[];
  readonly name?: readonly string[];
}

interface Part {
  readonly owner: string;
  readonly name: string;
  /** As a list shows it. */
  readonly listed: object;
}

export class FakeContainers {
  readonly #members: ReadonlyMap<string, Member>;
  readonly #ended = new Set<string>();
  readonly #containers: ReadonlyMap<string, Member>;
  readonly #networks: readonly Part[];
  readonly #volumes: readonly Part[];

  constructor(members: readonly Member[]) {
    this.#members = new Map(members.map((member) => [member.id, member]));
    this.#containers = new Map(
      members.flatMap((member) => (member.containerId ? [[member.containerId, member]] : [])),
    );
    const paid = members.filter(({ status }) => status !== "pending_payment");
    this.#networks = paid.map((member) => partOf(member, resourceName(member.id), networkOf(member)));
    this.#volumes = members.flatMap((member) =>
      volumesOf(member).map((name) => partOf(member, name, volumeNamed(member, name))),
    );
  }

  list(filters: Filters): object[] {
    const parts = [...this.#containers.values()].map((member) =>
      partOf(member, resourceName(member.id), member),
    );
    return wanted(parts, filters).map(({ owner }) => this.#listed(owner));
  }

  networks(query: URLSearchParams): object[] {
    return wanted(this.#networks, filtersIn(query)).map(({ listed }) => listed);
  }

  volumes(query: URLSearchParams): object {
    return { Volumes: wanted(this.#volumes, filtersIn(query)).map(({ listed }) => listed), Warnings: null };
  }

  network(id: string): object | undefined {
    const found = this.#networks.find(({ name }) => name === id);
    return found && { ...found.listed, Containers: {} };
  }

  volume(wantedName: string): object | undefined {
    return this.#volumes.find(({ name }) => name === wantedName)?.listed;
  }

  inspect(idOrName: string): object | undefined {
    const member = this.#containers.get(idOrName) ?? this.#members.get(idOrName.replace(/^\/?berth-/, ""));
    return member?.containerId ? this.#inspected(member) : undefined;
  }

  /** As the engine answers at once, with counters that grow by the time alone. */
  stats(idOrName: string): object | undefined {
    const member = this.#containers.get(idOrName) ?? this.#members.get(idOrName.replace(/^\/?berth-/, ""));
    if (!member?.containerId || this.#ended.has(member.id)) return undefined;
    const seconds = Date.now() / 1_000;
    return {
      ...{ id: member.containerId, read: new Date().toISOString() },
      cpu_stats: { cpu_usage: { total_usage: Math.round(seconds * 2e7) }, online_cpus: 2 },
      memory_stats: { usage: 300e6, limit: 512 * 1024 ** 2, stats: { inactive_file: 20e6 } },
      networks: { eth0: { rx_bytes: Math.round(seconds * 900), tx_bytes: Math.round(seconds * 300) } },
    };
  }

  /** So many that run end. */
  end(count: number): { readonly id: string; readonly attributes: Record<string, string> }[] {
    const running = [...this.#containers.values()].filter(({ id }) => !this.#ended.has(id)).slice(0, count);
    for (const { id } of running) this.#ended.add(id);
    return running.map(({ id, containerId }) => ({
      id: containerId ?? "",
      attributes: { name: resourceName(id), [DEPLOYMENT_LABEL]: id, exitCode: "1" },
    }));
  }

  #listed(id: string): object {
    const member = this.#members.get(id) as Member;
    return {
      ...{ Id: member.containerId, Names: [`/${resourceName(id)}`], Image: IMAGE, ImageID: IMAGE_ID },
      ...{
        Created: member.createdAt.valueOf(),
        Labels: labelsOf(id),
        State: this.#stateOf(id),
        Status: "Up",
      },
      ...{ Ports: [], Mounts: [], HostConfig: { NetworkMode: resourceName(id) } },
      NetworkSettings: { Networks: { [resourceName(id)]: {} } },
    };
  }

  #inspected({ id, containerId, createdAt }: Member): object {
    const isOver = this.#ended.has(id);
    return {
      ...{
        Id: containerId,
        Name: `/${resourceName(id)}`,
        Created: createdAt,
        Image: IMAGE_ID,
        RestartCount: 0,
      },
      State: { Status: this.#stateOf(id), Running: !isOver, ExitCode: isOver ? 1 : 0, OOMKilled: false },
      Config: { Image: IMAGE, Labels: labelsOf(id), User: "1000", Env: [] },
      HostConfig: {
        ...{ NanoCpus: 5e8, Memory: 64 * 1024 ** 2, RestartPolicy: { Name: "unless-stopped" } },
        ...{ CapDrop: ["ALL"], ReadonlyRootfs: true, SecurityOpt: ["no-new-privileges"] },
      },
      Mounts: [],
      NetworkSettings: { Networks: { [resourceName(id)]: {} } },
    };
  }

  #stateOf(id: string): string {
    return this.#ended.has(id) ? "exited" : "running";
  }
}

export function filtersIn(query: URLSearchParams): Filters {
  return JSON.parse(query.get("filters") ?? "{}") as Filters;
}

/** By each label, and by a part of any of the names; anchors are those that Berth sends. */
function wanted(parts: readonly Part[], { label = [], name }: Filters): Part[] {
  const [, owner] = (label.find((one) => one.startsWith(DEPLOYMENT_LABEL)) ?? "").split("=");
  const names = name?.map((one) => one.replace(/^\^\/?|\$$/g, ""));
  return parts.filter(
    (part) =>
      (owner === undefined || part.owner === owner) &&
      (!names || names.some((one) => part.name.includes(one))),
  );
}

function partOf({ id }: Member, name: string, listed: object): Part {
  return { owner: id, name, listed };
}

function networkOf({ id, address }: Member): object {
  const place = (address ?? 0) * 16;
  const subnet = `10.${64 + (place >> 16)}.${(place >> 8) & 255}.${place & 255}/28`;
  const name = resourceName(id);
  return {
    ...{ Id: name, Name: name, Driver: "bridge", Scope: "local", Labels: labelsOf(id), Options: {} },
    IPAM: { Driver: "default", Config: [{ Subnet: subnet }] },
  };
}

function volumeNamed({ id }: Member, name: string): object {
  return {
    Name: name,
    Driver: "local",
    Mountpoint: `/nowhere/${name}`,
    Labels: labelsOf(id),
    Scope: "local",
  };
}

function labelsOf(id: string): Record<string, string> {
  return { [DEPLOYMENT_LABEL]: id, [LIMITS_LABEL]: limitsText(64, 0.5) };
}
