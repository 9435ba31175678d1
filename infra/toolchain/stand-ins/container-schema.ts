// The inputs of a container that the stand-in knows, and what the official plugin does about a change of each.
// The defaults listed here are those that the official plugin writes into the state.
import type * as docker from "@pulumi/docker";
import { LABEL_FIELDS } from "./labels.ts";
import type { SchemaOf } from "./schema.ts";

const SET = { isSet: true } as const;

export const CONTAINER_SCHEMA = {
  capabilities: { fields: { adds: SET, drops: SET } },
  command: {},
  containerReadRefreshTimeoutMilliseconds: { default: 15_000, change: "update" },
  cpuShares: { change: "update", canDrift: true },
  cpus: { canDrift: true },
  destroyGraceSeconds: { change: "update" },
  dns: SET,
  entrypoints: {},
  envs: SET,
  healthcheck: {
    change: "update",
    fields: {
      tests: { required: true },
      interval: { default: "0s" },
      timeout: { default: "0s" },
      startPeriod: { default: "0s" },
      startInterval: { default: "0s" },
      retries: {},
    },
  },
  hostname: {},
  hosts: { isSet: true, fields: { host: { required: true }, ip: { required: true } } },
  image: { required: true },
  init: { change: "update" },
  labels: { isSet: true, fields: LABEL_FIELDS },
  logDriver: {},
  logOpts: {},
  maxRetryCount: { change: "update", canDrift: true },
  memory: { change: "update", canDrift: true },
  memoryReservation: { change: "update", canDrift: true },
  memorySwap: { change: "update", canDrift: true },
  mustRun: { default: true, change: "update", canDrift: true },
  name: { required: true },
  networkMode: { default: "bridge" },
  networksAdvanced: { isSet: true, fields: { name: { required: true } } },
  ports: {
    isSet: true,
    canDrift: true,
    fields: {
      internal: { required: true },
      external: {},
      ip: { default: "0.0.0.0" },
      protocol: { default: "tcp" },
    },
  },
  readOnly: {},
  removeVolumes: { default: true, change: "update" },
  restart: { default: "no", change: "update", canDrift: true },
  runtime: {},
  securityOpts: SET,
  shmSize: {},
  start: { default: true, change: "update" },
  stopTimeout: {},
  tmpfs: { change: "update" },
  ulimits: {
    isSet: true,
    fields: { name: { required: true }, soft: { required: true }, hard: { required: true } },
  },
  user: {},
  volumes: {
    isSet: true,
    fields: { containerPath: { required: true }, hostPath: {}, volumeName: {}, readOnly: {} },
  },
  waitTimeout: { default: 60, change: "update" },
  workingDir: {},
} as const satisfies SchemaOf<docker.ContainerArgs>;
