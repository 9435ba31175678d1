// `docker:index/network:Network`: nothing of a network can be changed, so every change replaces it.
import type * as docker from "@pulumi/docker";
import type { NetworkInspectInfo } from "dockerode";
import { diffInputs } from "./diff.ts";
import { allowing, type Engine, removeWhenUnused } from "./docker.ts";
import { LABEL_FIELDS, labelList, labelMap } from "./labels.ts";
import type { Properties, ResourceKind } from "./resource-kind.ts";
import { checkInputs, objects, type SchemaOf, stringMap } from "./schema.ts";

const SCHEMA = {
  name: { required: true },
  driver: {},
  options: {},
  internal: {},
  attachable: {},
  ipv6: {},
  ipamDriver: { default: "default" },
  ipamConfigs: { isSet: true, fields: { subnet: {}, gateway: {}, ipRange: {} } },
  labels: { isSet: true, fields: LABEL_FIELDS },
} as const satisfies SchemaOf<docker.NetworkArgs>;

export function network(engine: Engine): ResourceKind {
  const find = (id: string) => engine.docker.getNetwork(id);
  return {
    deleteBeforeReplace: true,
    check: (news) => checkInputs(SCHEMA, news),
    diff: (old, news) => diffInputs(SCHEMA, old, news),
    async create(inputs) {
      const { id } = await engine.docker.createNetwork(networkBody(inputs));
      return { id, outputs: networkOutputs(await find(id).inspect()) };
    },
    async read(id) {
      const found = await allowing([404], find(id).inspect());
      return found && networkOutputs(found);
    },
    update: async (_id, _news, outputs) => outputs,
    delete: (id) => removeWhenUnused(engine, () => find(id).remove()),
  };
}

function networkBody(inputs: Properties) {
  return {
    Name: String(inputs.name),
    CheckDuplicate: true,
    Driver: String(inputs.driver ?? "bridge"),
    Internal: inputs.internal === true,
    Attachable: inputs.attachable === true,
    EnableIPv6: inputs.ipv6 === true,
    Options: stringMap(inputs.options),
    Labels: labelMap(inputs.labels),
    IPAM: {
      Driver: String(inputs.ipamDriver),
      Config: objects(inputs.ipamConfigs).map(({ subnet, gateway, ipRange }) => ({
        ...(subnet && { Subnet: String(subnet) }),
        ...(gateway && { Gateway: String(gateway) }),
        ...(ipRange && { IPRange: String(ipRange) }),
      })),
    },
  };
}

function networkOutputs(found: NetworkInspectInfo) {
  const ranges = found.IPAM?.Config ?? [];
  return {
    __meta: '{"schema_version":"1"}',
    attachable: found.Attachable,
    driver: found.Driver,
    id: found.Id,
    ingress: found.Ingress,
    internal: found.Internal,
    ipamConfigs: ranges.map(({ Subnet = "", Gateway = "", IPRange = "" }) => ({
      auxAddress: null,
      gateway: Gateway,
      ipRange: IPRange,
      subnet: Subnet,
    })),
    ipamDriver: found.IPAM?.Driver ?? "default",
    ipamOptions: null,
    ipv6: found.EnableIPv6,
    labels: labelList(found.Labels),
    name: found.Name,
    options: found.Options ?? {},
    scope: found.Scope,
  } satisfies Properties & Record<Exclude<keyof docker.NetworkState, "checkDuplicate">, unknown>;
}
