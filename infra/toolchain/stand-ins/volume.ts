// `docker:index/volume:Volume`: nothing of a volume can be changed, so every change replaces it.
import type * as docker from "@pulumi/docker";
import type { VolumeInspectInfo } from "dockerode";
import { diffInputs } from "./diff.ts";
import { allowing, type Engine, removeWhenUnused } from "./docker.ts";
import { LABEL_FIELDS, labelList, labelMap } from "./labels.ts";
import type { Properties, ResourceKind } from "./resource-kind.ts";
import { checkInputs, type SchemaOf, stringMap } from "./schema.ts";

const SCHEMA = {
  name: { required: true },
  driver: {},
  driverOpts: {},
  labels: { isSet: true, fields: LABEL_FIELDS },
} as const satisfies SchemaOf<docker.VolumeArgs>;

export function volume(engine: Engine): ResourceKind {
  const find = (name: string) => engine.docker.getVolume(name);
  return {
    deleteBeforeReplace: true,
    check: (news) => checkInputs(SCHEMA, news),
    diff: (old, news) => diffInputs(SCHEMA, old, news),
    async create({ name, driver, driverOpts, labels }) {
      const id = String(name);
      await engine.docker.createVolume({
        Name: id,
        Driver: String(driver ?? "local"),
        DriverOpts: stringMap(driverOpts),
        Labels: labelMap(labels),
      });
      return { id, outputs: volumeOutputs(await find(id).inspect()) };
    },
    async read(id) {
      const found = await allowing([404], find(id).inspect());
      return found && volumeOutputs(found);
    },
    update: async (_id, _news, outputs) => outputs,
    delete: (id) => removeWhenUnused(engine, () => find(id).remove()),
  };
}

function volumeOutputs({ Name, Driver, Options, Labels, Mountpoint }: VolumeInspectInfo) {
  return {
    __meta: '{"schema_version":"1"}',
    cluster: null,
    driver: Driver,
    driverOpts: Options && Object.keys(Options).length > 0 ? { ...Options } : null,
    id: Name,
    labels: labelList(Labels),
    mountpoint: Mountpoint,
    name: Name,
  } satisfies Properties & Record<keyof docker.VolumeState, unknown>;
}
