// Pictures of a deployment and of an installation of which nothing is wrong, for tests that change one thing of them.

import { STATE_PATH } from "../../infra/assistant/image-contract.ts";
import type { Holding } from "../../infra/docker/inventory.ts";
import { DEPLOYMENT_LABEL, LIMITS_LABEL, limitsText } from "../../infra/docker/names.ts";
import { seccompOption } from "../../infra/docker/seccomp/option.ts";
import type { OfEngine } from "../../stacks/doctor/docker/engine-checks.ts";
import type { SecretsFile } from "../../stacks/doctor/docker/picture.ts";
import type { InstallationPicture } from "../../stacks/doctor/installation-checks.ts";
import type { Lock, Picture, StackPicture } from "../../stacks/doctor/picture.ts";
import type { Operation } from "../../stacks/operations/operations.ts";
import { Secret } from "../../stacks/secret.ts";
import type { StackSettings } from "../../stacks/settings.ts";
import { BOT_SECRET, MODEL_KEY } from "./berth.ts";

export const ID = "0192f0c1-2345-7abc-8def-0123456789ab";
export const OTHER_ID = "0192f0c1-2345-7abc-8def-ba9876543210";
const NAME = `berth-${ID}`;
const CONTAINER = "c".repeat(64);
const IMAGE = `sha256:${"1".repeat(64)}`;
const AT = new Date("2026-01-02T03:04:05Z");
const MIB = 1024 * 1024;

/** What a test may change. */
export type Writable<T> = unknown extends T
  ? T
  : T extends Date | Secret | ReadonlyMap<string, string>
    ? T
    : { -readonly [Key in keyof T]: Writable<T[Key]> };

/** All of it could be looked at. */
export type Whole = Writable<Picture> & {
  held: Writable<Holding>;
  stack: Writable<StackPicture> & { locks: Writable<Lock>[] };
  secretsFile: Writable<SecretsFile>;
  operation: Writable<Operation>;
};

export function goodPicture(): Whole {
  const outputs = {
    status: "active",
    replicas: 1,
    containerId: CONTAINER,
    endpoint: "http://127.0.0.1:20003",
    image: "assistant:1",
    network: NAME,
    volume: NAME,
  };
  return {
    now: new Date(AT.getTime() + 60_000),
    settings: settings(),
    deployment: deployment(outputs),
    operation: {
      id: "0192f0c1-2345-7abc-8def-00000000000f",
      deployment_id: ID,
      kind: "activate",
      state: "succeeded",
      error: null,
      cancel_requested: false,
      attempt: 1,
      host: "here",
      lost_hosts: [],
      request_id: null,
      backup_id: null,
      reverts: null,
      turn: 0,
      begin_empty: false,
      destination: null,
      created_at: AT,
      started_at: AT,
      finished_at: AT,
    },
    secrets: [
      { name: "telegram_bot_token", value: new Secret(`123456789:${BOT_SECRET}`) },
      { name: "model_api_key", value: new Secret(MODEL_KEY) },
    ],
    unopened: [],
    bot: { id: "123456789", alsoDrivenBy: undefined },
    sharesAddressWith: undefined,
    held: holding(),
    stack: {
      exists: true,
      renamedTo: undefined,
      damage: undefined,
      outputs: { ...outputs },
      resources: [
        { urn: urn("pulumi:pulumi:Stack", `berth-${ID}`), type: "pulumi:pulumi:Stack", id: undefined },
        inState("docker:index/network:Network", "network", "n1"),
        inState("docker:index/volume:Volume", "state", NAME),
        inState("docker:index/volume:Volume", "handed", `${NAME}-handed`),
        inState("docker:index/container:Container", "assistant", CONTAINER),
      ],
      pendingOperations: 0,
      salt: "v1:salt",
      settingsSalt: "v1:salt",
      leaks: [],
      locks: [],
    },
    secretsFile: {
      path: `/data/secrets/${ID}.json`,
      file: { mode: 0o600, owner: 0 },
      folder: { mode: 0o700, owner: 0 },
      isCurrent: true,
      wanted: { mode: 0o600, owner: 0 },
    },
  };
}

function inState(type: string, name: string, id: string) {
  return { urn: urn(type, name), type, id };
}

function urn(type: string, name: string): string {
  return `urn:pulumi:${ID}::berth::${type}::${name}`;
}

export function goodInstallation(): Writable<InstallationPicture & OfEngine> {
  return {
    dataDir: "/data",
    rehearsal: undefined,
    folder: { mode: 0o700, owner: 0 },
    keyFiles: [{ path: "/data/secret-key", mode: { mode: 0o600, owner: 0 } }],
    strayedSecrets: [],
    strayedFolders: [],
    strayedStacks: [],
    unneededImages: [],
    disk: { freeBytes: 50_000 * MIB, diskBytes: 100_000 * MIB, measuredAt: AT.toISOString() },
    engine: { securityOptions: ["name=seccomp,profile=default"], strays: [], rivals: [], unfit: [] },
  };
}

function settings(): Writable<StackSettings> {
  return {
    target: "docker",
    places: [{ target: "docker", region: null }],
    assistantImage: "assistant:1",
    allowedImages: ["assistant"],
    logins: { configFile: "/nowhere/config.json", environment: {} },
    dataDir: "/data",
    backendUrl: "file:///data/state",
    portRange: { first: 20_000, last: 20_099 },
    subnetPool: "10.9.0.0/16",
    memoryMib: 512,
    cpus: 0.5,
    stateLimitBytes: 100 * MIB,
    startupTimeoutSeconds: 300,
    modelKeys: {},
    modelLimits: { byok: {}, managed: {}, unlimited: {} },
    suspensionGraceMs: 0,
    runtime: undefined,
    hostRules: "leave",
    gatewayPort: 18_790,
    backups: { folder: "/data/backups", keyFile: "/data/backup-key", maxBytes: 1, keep: 1, everyMs: 0 },
    concurrency: 1,
  };
}

function deployment(outputs: Record<string, unknown>): Writable<Picture["deployment"]> {
  return {
    id: ID,
    account_id: "00000000-0000-4000-8000-000000000001",
    status: "active",
    api_mode: "byok",
    target: "docker",
    moving: null,
    checkout_id: OTHER_ID,
    checkout_url: null,
    checkout_expires_at: null,
    order_id: null,
    subscription_id: null,
    payment: "open",
    payment_at: null,
    payment_asked_at: null,
    payment_ended_at: null,
    suspended_from: null,
    region: null,
    data_volume: null,
    preboot_until: null,
    name: "one",
    model_provider: "anthropic",
    model_id: "claude",
    base_url: null,
    bot_id: "123456789",
    bot_proven_at: AT,
    allow_from: [],
    fallback_models: null,
    callback_url: null,
    callback_secret: null,
    callback_secret_before: null,
    callback_secret_before_until: null,
    callback_disabled_at: null,
    telegram_bot_token: "sealed",
    model_api_key: "sealed",
    gateway_token: "sealed",
    model_token: null,
    model_limits: null,
    limit_warning: null,
    address: 3,
    stack_exists: true,
    outputs,
    seen: null,
    warning: null,
    image: null,
    pinned_image: "assistant:1",
    rolled_back_from: null,
    unfinished_upgrade: null,
    status_before: "purchased",
    conversation: null,
    conversation_warning: null,
    model_warning: null,
    remark: null,
    model_check_at: null,
    state_use: {
      usedBytes: MIB,
      freeBytes: 50_000 * MIB,
      diskBytes: 100_000 * MIB,
      measuredAt: AT.toISOString(),
      broughtUpBy: null,
      toleratedUntil: null,
      ceilingBytes: null,
    },
    state_warning: null,
    state_check_at: null,
    operation_id: "0192f0c1-2345-7abc-8def-00000000000f",
    created_at: AT,
    updated_at: AT,
  };
}

/** As Docker 20.10 tells of them, without what no check looks at. */
function holding() {
  return {
    containers: [{ inspected: inspected(), imageOfThatName: IMAGE }],
    doors: [],
    networks: [
      {
        Name: NAME,
        Id: "n1",
        Driver: "bridge",
        IPAM: { Driver: "default", Config: [{ Subnet: "10.9.0.48/28" }] },
        Options: {
          "com.docker.network.bridge.enable_icc": "false",
          "com.docker.network.bridge.name": "berth-0a090030",
        },
        Labels: { [DEPLOYMENT_LABEL]: ID },
        Containers: { [CONTAINER]: { Name: NAME } },
      },
    ],
    volumes: [NAME, `${NAME}-handed`],
    owners: new Map([CONTAINER, "n1", NAME, `${NAME}-handed`].map((id) => [id, ID])),
  } as unknown as Writable<Holding>;
}

function inspected() {
  return {
    Id: CONTAINER,
    Name: `/${NAME}`,
    Image: IMAGE,
    State: { Status: "running", Running: true },
    Config: {
      Image: "assistant:1",
      User: "2100020003:2100020003",
      Env: ["HOME=/home/node"],
      Cmd: ["node"],
      Labels: {
        [DEPLOYMENT_LABEL]: ID,
        "berth.started-with": "f1",
        "berth.plugin": "p1",
        [LIMITS_LABEL]: limitsText(512, 0.5),
      },
    },
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      CapAdd: null,
      SecurityOpt: ["no-new-privileges", seccompOption()],
      MaskedPaths: ["/proc/kcore"],
      ReadonlyPaths: ["/proc/sys"],
      Init: true,
      Privileged: false,
      PidMode: "",
      IpcMode: "private",
      UTSMode: "",
      UsernsMode: "",
      NetworkMode: "bridge",
      Devices: [],
      DeviceRequests: null,
      DeviceCgroupRules: null,
      GroupAdd: null,
      Tmpfs: { "/tmp": "size=256m", "/home/node/.cache": "size=256m" },
      Memory: 512 * MIB,
      MemorySwap: 512 * MIB,
      NanoCpus: 5e8,
      PidsLimit: 512,
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "nofile", Soft: 16_384, Hard: 16_384 },
      ],
      Runtime: "runc",
      OomKillDisable: false,
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
      RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
      PortBindings: { "18789/tcp": [{ HostIp: "127.0.0.1", HostPort: "20003" }] },
      PublishAllPorts: false,
    },
    Mounts: [
      { Type: "volume", Name: NAME, Source: "/var/lib/docker/volumes/x", Destination: STATE_PATH, RW: true },
      {
        Type: "volume",
        Name: `berth-${ID}-handed`,
        Source: "/volumes/handed",
        Destination: "/run/berth",
        RW: false,
      },
    ],
    NetworkSettings: { Networks: { [NAME]: { NetworkID: "n1" } }, Ports: {} },
  };
}
