// Every check is tripped by one change of a picture of which nothing is wrong, and by its message alone one can act.
import { describe, expect, it } from "vitest";
import { DEPLOYMENT_LABEL } from "../../../infra/docker/names.ts";
import type { Moving } from "../../../stacks/database/deployment-table.ts";
import { ownChecks } from "../../../stacks/doctor/docker/audit.ts";
import { CONTAINER_CHECKS } from "../../../stacks/doctor/docker/container-checks.ts";
import { FILE_CHECKS } from "../../../stacks/doctor/docker/file-checks.ts";
import { HOLDING_CHECKS } from "../../../stacks/doctor/docker/holding-checks.ts";
import { RESOURCE_CHECKS } from "../../../stacks/doctor/docker/resource-checks.ts";
import { examine } from "../../../stacks/doctor/examine.ts";
import { RECORD_CHECKS } from "../../../stacks/doctor/record-checks.ts";
import { STACK_CHECKS } from "../../../stacks/doctor/stack-checks.ts";
import { BOT_SECRET, MODEL_KEY } from "../../support/berth.ts";
import { fc } from "../../support/fast-check.ts";
import { FOUNDATION, placeOn } from "../../support/foundation.ts";
import { goodPicture, ID, OTHER_ID, type Whole as Wrong } from "../../support/good-picture.ts";

const ALL = [
  ...RECORD_CHECKS,
  ...STACK_CHECKS,
  ...RESOURCE_CHECKS,
  ...FILE_CHECKS,
  ...HOLDING_CHECKS,
  ...CONTAINER_CHECKS,
].map(({ name }) => name);

/** The check, what was done, and what its message is to say of that. */
const CASES: readonly [string, (picture: Wrong) => unknown, RegExp][] = [
  ["status", ({ deployment }) => (deployment.status = "deploying"), /status is deploying.*found none/],
  ["operation-overdue", overdue, /redeploy is running.*within 30 minutes.*after 600 minutes/],
  ["outputs", ({ deployment }) => (deployment.outputs = null), /status is active.*none that can be read/],
  ["address", (picture) => (picture.sharesAddressWith = OTHER_ID), /place 3.*found deployment 0192/],
  ["address", ({ deployment }) => (deployment.address = null), /a port and a subnet.*found none/],
  ["address", ({ deployment }) => (deployment.address = 100), /one of the 100.*found number 100/],
  ["bot", ({ bot }) => (bot.alsoDrivenBy = OTHER_ID), /bot 123456789.*found deployment 0192/],
  ["bot", ({ deployment }) => (deployment.bot_id = null), /that of its token, 123456789, found none/],
  ["sealed-secrets", ({ unopened }) => unopened.push("gateway_token"), /gateway_token.*secret-key/],
  [
    "model-key",
    ({ settings }) =>
      (settings.modelGateway = { byok: true, reach: { form: "url", url: "https://models.example" } }),
    /found it in the assistant/,
  ],
  ["move", movedHalf("carrying"), /from kubernetes to docker: expected an end, found it cut off/],
  ["move", movedHalf("arrived"), /expected nothing of it to be left on kubernetes/],
  ["drift", drifted, /expected none, found since 2026.*paused: Its container is paused/],
  ["data-size", takes(101), /expected 100 MiB at most, found 101 MiB/],
  ["data-size", takes(95), /expected 100 MiB at most, found 95 MiB/],
  ["data-measured", neverMeasured, /within the last hour, found none/],
  ["data-measured", measuredLongAgo, /within the last hour, found the last one at 2025-12-01/],
  ["stack", ({ stack }) => (stack.exists = false), /Pulumi stack: expected to be there/],
  [
    "stack",
    ({ stack }) => Object.assign(stack, { exists: false, renamedTo: "mine" }),
    /under its name, found it as mine/,
  ],
  ["stack", ({ deployment }) => (deployment.stack_exists = false), /the record doesn't know/],
  [
    "stack-ownership",
    ({ stack }) =>
      stack.resources.push({ urn: `urn:pulumi:${OTHER_ID}::berth::x::y`, type: "x", id: undefined }),
    /resources of its own stack, found urn:pulumi:0192f0c1-2345-7abc-8def-ba98/,
  ],
  ["stack-state", ({ stack }) => (stack.damage = "it is cut off"), /found that it is cut off/],
  [
    "stack-outputs",
    ({ stack }) => (stack.outputs = { ...(stack.outputs as object), endpoint: "http://127.0.0.1:1" }),
    /expected those of the record.*20003.*found .*:1"/,
  ],
  ["stack-pending", ({ stack }) => (stack.pendingOperations = 2), /nothing pending, found 2/],
  ["stack-salt", ({ stack }) => (stack.settingsSalt = "v1:foreign"), /v1:salt, found v1:foreign/],
  ["stack-lock", locked("no"), /found one of root@here \(pid 7\), which doesn't run any more/],
  ["stack-lock", lockedByNobody, /found one of nobody, and Pulumi respects it/],
  ["stack-lock", locked("unknown"), /whether it still works on the stack can't be seen/],
  ["stack-secrets", ({ stack }) => stack.leaks.push("model_api_key"), /no secret, found model_api_key/],
  ["stack-resources", ({ held }) => held.volumes.pop(), /state's volume berth-0192/],
  [
    "resource-ownership",
    ({ held }) => (held.owners = new Map([["n1", OTHER_ID]])),
    /network n1: expected its own, found deployment 0192f0c1-2345-7abc-8def-ba98/,
  ],
  ["stack-beside", ({ stack }) => stack.resources.pop(), /found container berth-0192.* beside that/],
  ["secrets-file", ({ secretsFile }) => (secretsFile.file = undefined), /expected to be there/],
  [
    "secrets-file",
    ({ deployment }) => (deployment.status = "stopped"),
    /is stopped: expected no secrets file/,
  ],
  ["secrets-file-mode", fileMode(0o644, 0), /mode 0600 of user 0, found 0644 of user 0/],
  ["secrets-file-mode", fileMode(0o600, 1000), /mode 0600 of user 0, found 0600 of user 1000/],
  [
    "secrets-folder",
    ({ secretsFile }) => Object.assign(secretsFile.folder ?? {}, { mode: 0o755 }),
    /found 0755/,
  ],
  ["secrets-current", ({ secretsFile }) => (secretsFile.isCurrent = false), /found other text/],
  ["container-count", twice, /expected one container, found 2: berth-.*, other/],
  ["container-count", ({ held }) => held.containers.pop(), /expected one container, found 0/],
  [
    "container-count",
    ({ deployment }) => (deployment.status = "stopped"),
    /is stopped: expected no container/,
  ],
  [
    "container-own",
    inspected((one) => (one.Id = "d".repeat(64))),
    /expected cccccccccccc.*found dddddddddddd/,
  ],
  ["container-leftover", ({ held }) => held.doors.push("quick_bell"), /found quick_bell/],
  ["network", network((one) => (one.Name = "mine")), /expected berth-.*, found mine/],
  ["network", ({ held }) => held.networks.pop(), /expected berth-.*, found nothing/],
  [
    "network-subnet",
    network((one) => (one.IPAM = { Config: [{ Subnet: "10.0.0.0/8" }] })),
    /10.9.0.48\/28, found 10.0.0.0\/8/,
  ],
  ["network-driver", network((one) => (one.Driver = "macvlan")), /expected bridge, found macvlan/],
  [
    "network-icc",
    network((one) => delete one.Options?.["com.docker.network.bridge.enable_icc"]),
    /expected false, found true/,
  ],
  ["network-members", network(joined), /own container only, found spy/],
  [
    "volume",
    ({ held }) => held.volumes.push("more"),
    /expected berth-.*-handed, found berth-.*-handed, more/,
  ],
  ["container-state", inspected((one) => (one.State.Status = "exited")), /expected running, found exited/],
  ["container-name", inspected((one) => (one.Name = "/other")), /found \/other/],
  [
    "container-labels",
    inspected((one) => (one.Config.Labels = { [DEPLOYMENT_LABEL]: ID })),
    /found berth.deployment\./,
  ],
  [
    "container-image",
    inspected((one) => (one.Config.Image = "miner:1")),
    /expected assistant:1, found miner:1/,
  ],
  [
    "container-image",
    ({ held }) => Object.assign(held.containers[0] ?? {}, { imageOfThatName: undefined }),
    /in the engine, found nothing/,
  ],
  [
    "container-image",
    ({ held }) => Object.assign(held.containers[0] ?? {}, { imageOfThatName: "sha256:2" }),
    /stands for sha256:2 now/,
  ],
  [
    "container-image",
    ({ deployment }) => (deployment.pinned_image = "assistant:2"),
    /expected assistant:2.*found assistant:1/,
  ],
  ["user", inspected((one) => (one.Config.User = "root")), /expected one of its own, found root/],
  ["user", inspected((one) => (one.Config.User = "")), /expected one of its own, found nothing/],
  ["user", inspected((one) => (one.Config.User = "0:0")), /expected one of its own, found 0:0/],
  ["user", inspected((one) => (one.Config.User = "2100020004:2100020004")), /found 2100020004:2100020004/],
  ["user", inspected((one) => (one.Config.User = "1000:1000")), /1000:1000, which other assistants may be/],
  ["root-filesystem", host({ ReadonlyRootfs: false }), /read-only: expected yes, found no/],
  ["processes", host({ PidsLimit: null }), /at most: expected 512, found nothing/],
  ["runtime", ({ settings }) => (settings.runtime = "runsc"), /expected runsc, found runc/],
  [
    "network-bridge",
    ({ held }) =>
      Object.assign(held.networks[0] ?? {}, { Options: { "com.docker.network.bridge.enable_icc": "false" } }),
    /expected berth-0a090030, found nothing/,
  ],
  ["capabilities-dropped", host({ CapDrop: null }), /expected ALL, found nothing/],
  ["capabilities-added", host({ CapAdd: ["SYS_ADMIN"] }), /expected nothing, found SYS_ADMIN/],
  ["security-options", host({ SecurityOpt: null }), /expected no-new-privileges, found nothing/],
  [
    "security-options",
    host({ SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] }),
    /found .*seccomp=unconfined/,
  ],
  [
    "security-options",
    host({ SecurityOpt: ["no-new-privileges", 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'] }),
    /found no-new-privileges, another seccomp profile\.$/,
  ],
  [
    "security-options",
    host({ SecurityOpt: ["no-new-privileges", "apparmor=unconfined"] }),
    /found .*apparmor=unconfined/,
  ],
  ["masked-paths", host({ MaskedPaths: [] }), /hidden from its container: expected yes, found no/],
  ["init", host({ Init: null }), /init process: expected yes, found nothing/],
  ["privileged", host({ Privileged: true }), /privileged: expected no, found yes/],
  ["namespaces", host({ PidMode: "host" }), /found pid of host/],
  ["namespaces", host({ NetworkMode: "host" }), /found network of host/],
  ["namespaces", host({ IpcMode: "container:abc" }), /found ipc of container:abc/],
  ["namespaces", host({ UsernsMode: "host" }), /found user of host/],
  ["devices", host({ Devices: [{ PathOnHost: "/dev/kvm" }] }), /found .*\/dev\/kvm/],
  ["groups", host({ GroupAdd: ["docker"] }), /found docker/],
  ["mounts", mounted("/var/run/docker.sock"), /found .*bind \/var\/run\/docker.sock on \/here/],
  [
    "mounts",
    inspected((one) => Object.assign(one.Mounts[1] ?? {}, { RW: true })),
    /on \/run\/berth, read-only.*found .*on \/run\/berth[^,]*$/,
  ],
  ["mounts", writesCodeCache, /found .*volume berth-cache-0{16} on \/var\/cache\/berth\.$/],
  ["tmpfs", host({ Tmpfs: { "/tmp": "" } }), /expected \/home\/node\/.cache, \/tmp, found \/tmp/],
  ["limits", host({ Memory: 0 }), /expected 512 MiB of memory, 0.5 CPUs, found 0 MiB/],
  ["limits", host({ NanoCpus: 4e9 }), /found 512 MiB of memory, 4 CPUs/],
  ["limits", host({ OomKillDisable: true }), /ended when it runs out of memory/],
  ["limits", ({ settings }) => (settings.memoryMib = 1024), /expected 1024 MiB.*set now, found 512 MiB/],
  ["swap", host({ MemorySwap: -1 }), /expected 512, found no limit/],
  ["log-limits", host({ LogConfig: { Type: "json-file", Config: {} } }), /max-size.*found .*"Config":\{\}/],
  ["restart-policy", host({ RestartPolicy: { Name: "no" } }), /expected unless-stopped, found no/],
  ["ports", published("0.0.0.0", "20003"), /expected 127.0.0.1 port 20003 to 18789\/tcp, found 0.0.0.0/],
  ["ports", published("127.0.0.1", "20004"), /found 127.0.0.1 port 20004/],
  ["ports", host({ PublishAllPorts: true }), /found .*all that its image names/],
  ["container-networks", joinsNetwork, /expected berth-.*, found berth-.*, bridge/],
  [
    "open-files",
    inspected((one) => (one.HostConfig.Ulimits = [])),
    /expected core 0 to 0, nofile 16384 to 16384, found nothing/,
  ],
  [
    "container-secrets",
    inspected((one) => one.Config.Env.push(`KEY=${MODEL_KEY}`)),
    /no secret, found model_api_key/,
  ],
  [
    "container-secrets",
    inspected((one) => one.Config.Cmd.push(`--bot=123456789%3A${BOT_SECRET}`)),
    /found telegram_bot_token/,
  ],
];
const WARNINGS = [
  /found it in the assistant/,
  /^Its move from/,
  /set now/,
  /stands for/,
  /can't be seen/,
  /the record doesn't know/,
  /found 95 MiB/,
  /within the last hour/,
  /which other assistants may be/,
];

function examined(picture: Wrong) {
  return examine(picture, ownChecks(picture.held, picture.secretsFile));
}

it("nothing is wrong with a good picture", () => {
  const { findings, checks, unchecked } = examined(goodPicture());
  expect(findings).toEqual([]);
  expect(unchecked).toEqual([]);
  expect(checks).toBe(ALL.length);
});

describe("found is", () => {
  it.each(CASES)("%s, by what was done: %s", (check, change, says) => {
    const picture = goodPicture();
    change(picture);
    const { findings } = examined(picture);
    const own = findings.filter((finding) => finding.check === check);
    expect(own.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
    const isWarning = WARNINGS.some((pattern) => pattern.test(own[0]?.message ?? ""));
    expect(own[0]?.severity).toBe(isWarning ? "warning" : "error");
    expect(own[0]?.advice).toMatch(/\w/);
  });

  it("something by every check there is", () => {
    expect([...new Set(CASES.map(([check]) => check))].toSorted()).toEqual(ALL.toSorted());
    expect(new Set(ALL).size).toBe(ALL.length);
  });
});

describe("of a deployment", () => {
  it("on which an operation runs, the record alone is checked", () => {
    const picture = goodPicture();
    overdue(picture);
    picture.now = new Date(picture.operation.created_at);
    picture.held.containers.pop();
    expect(examined(picture)).toMatchObject({ findings: [], checks: RECORD_CHECKS.length });
    expect(examined(picture).unchecked).toEqual([expect.stringContaining("while an operation runs")]);
  });

  it("that is stopped, no container and no secrets file is right", () => {
    const picture = goodPicture();
    stop(picture);
    expect(examined(picture).findings).toEqual([]);
  });

  it("that has failed, a container that has ended is no surprise, and one that isn't hardened is", () => {
    const picture = goodPicture();
    picture.deployment.status = "failed";
    inspected((one) => Object.assign(one.State, { Status: "exited" }))(picture);
    inspected((one) => Object.assign(one.Config, { User: "root", Image: "assistant:2" }))(picture);
    expect(examined(picture).findings.map(({ check, severity }) => [check, severity])).toEqual([
      ["user", "error"],
    ]);
  });

  it("whose engine is away, or is no Docker, the rest is checked, and that is said", () => {
    const picture = goodPicture();
    const checked = examine(picture, ownChecks(undefined, picture.secretsFile));
    expect(checked).toMatchObject({ findings: [], unchecked: [expect.stringContaining("does not answer")] });
    picture.settings = { ...picture.settings, target: "aws", places: [placeOn(FOUNDATION)] };
    picture.deployment.target = "aws";
    expect(examine(picture, undefined)).toMatchObject({ findings: [], unchecked: ["what aws holds of it"] });
  });
});

it("whatever the engine leaves out or adds is told of without a secret, and breaks nothing (500 pictures)", () => {
  const picture = goodPicture();
  const names = Object.keys(picture.held.containers[0]?.inspected.HostConfig ?? {});
  const value = fc.oneof(fc.constantFrom(null, undefined, "", MODEL_KEY), fc.boolean(), fc.integer());
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1 }), (changes) => {
      const changed = goodPicture();
      const container = changed.held.containers[0]?.inspected;
      if (!container) throw new Error("The good picture has a container.");
      const usable = Object.entries(changes).filter(([name]) => isScalar(container.HostConfig, name));
      Object.assign(container.HostConfig, Object.fromEntries(usable));
      const text = JSON.stringify(
        examined(changed).findings.filter(({ check }) => check === "container-secrets"),
      );
      expect(text).not.toContain(MODEL_KEY);
    }),
    { numRuns: 500 },
  );
});

type Inspected = Wrong["held"]["containers"][number]["inspected"];
type Network = Wrong["held"]["networks"][number];

function isScalar(host: object, name: string): boolean {
  const value: unknown = Reflect.get(host, name);
  return value === null || typeof value !== "object";
}

function inspected(change: (container: Inspected) => unknown): (picture: Wrong) => unknown {
  return ({ held }) => {
    for (const { inspected } of held.containers) change(inspected);
  };
}

function host(change: object): (picture: Wrong) => unknown {
  return inspected(({ HostConfig }) => Object.assign(HostConfig, change));
}

function network(change: (network: Network) => unknown): (picture: Wrong) => unknown {
  return ({ held }) => held.networks.forEach(change);
}

function joined({ Containers }: Network): void {
  if (Containers) Object.assign(Containers, { eeee: { Name: "spy" } });
}

function joinsNetwork(picture: Wrong): void {
  inspected((one) => Object.assign(one.NetworkSettings.Networks, { bridge: {} }))(picture);
}

function published(HostIp: string, HostPort: string): (picture: Wrong) => unknown {
  return host({ PortBindings: { "18789/tcp": [{ HostIp, HostPort }] } });
}

function mounted(Source: string): (picture: Wrong) => unknown {
  const mount = { Type: "bind", Source, Destination: "/here", Mode: "", RW: true, Propagation: "" } as const;
  return inspected((one) => one.Mounts.push(mount));
}

function writesCodeCache(picture: Wrong): void {
  const Name = `berth-cache-${"0".repeat(16)}`;
  const mount = { Type: "volume", Name, Source: "", Destination: "/var/cache/berth", RW: true } as const;
  inspected((one) => one.Mounts.push({ ...mount, Mode: "", Propagation: "" }))(picture);
}

function twice({ held }: Wrong): void {
  const [own] = held.containers;
  if (own) held.containers.push({ ...own, inspected: { ...own.inspected, Name: "/other" } });
}

function takes(mib: number) {
  return ({ deployment }: Wrong) => Object.assign(deployment.state_use ?? {}, { usedBytes: mib * 1024 ** 2 });
}

function neverMeasured({ deployment, operation }: Wrong): void {
  operation.finished_at = new Date("2025-11-30");
  deployment.state_use = null;
}

function measuredLongAgo({ deployment, operation }: Wrong): void {
  operation.finished_at = new Date("2025-11-30");
  Object.assign(deployment.state_use ?? {}, { measuredAt: "2025-12-01T00:00:00.000Z" });
}

function overdue(picture: Wrong): void {
  Object.assign(picture.operation, { kind: "redeploy", state: "running", finished_at: null });
  picture.now = new Date(picture.operation.created_at.getTime() + 36_000_000);
}

function movedHalf(phase: Moving["phase"]) {
  return ({ deployment }: Wrong) => {
    const from = { target: "kubernetes", region: null, dataVolume: null, pinnedImage: null, outputs: null };
    const moving = { phase, from, backupId: null, operationId: OTHER_ID };
    deployment.moving = moving;
  };
}

function drifted({ deployment }: Wrong): void {
  const since = "2026-01-02T03:04:05.678Z";
  deployment.seen = { state: "paused", detail: "Its container is paused.", since };
}

function locked(isHeld: "no" | "unknown"): (picture: Wrong) => unknown {
  return ({ stack }) => stack.locks.push({ owner: "root@here (pid 7)", isHeld });
}

function lockedByNobody({ stack }: Wrong): void {
  stack.locks.push({ owner: undefined, isHeld: "no" });
}

function fileMode(mode: number, owner: number): (picture: Wrong) => unknown {
  return ({ secretsFile }) => Object.assign(secretsFile, { file: { mode, owner } });
}

function stop(picture: Wrong): void {
  const { deployment, stack, secretsFile, held } = picture;
  const outputs = {
    ...deployment.outputs,
    status: "stopped",
    replicas: 0,
    containerId: null,
    endpoint: null,
  };
  Object.assign(deployment, { status: "stopped", outputs, bot_id: null });
  Object.assign(stack, { outputs, resources: stack.resources.slice(0, 3) });
  held.volumes.pop();
  Object.assign(secretsFile, { file: undefined, isCurrent: undefined });
  held.containers.pop();
  network((one) => Object.assign(one, { Containers: {} }))(picture);
}
