// Whether a container is as the stack's state has it: what an official plugin recorded is in the file of its answers.
import type Docker from "dockerode";
import { expect, it } from "vitest";
import { isAsRecorded } from "../../../infra/docker/as-recorded.ts";
import { containerOutputs } from "../../../infra/toolchain/stand-ins/container-outputs.ts";
import type { Properties } from "../../../infra/toolchain/stand-ins/resource-kind.ts";
import official from "../toolchain/official-docker-plugin.json" with { type: "json" };

const MIB = 1024 * 1024;
const recorded = outputsOf("docker:index/container:Container");

function outputsOf(type: string): Properties {
  const found = (official.state as readonly { type: string; outputs: unknown }[]).find(
    (resource) => resource.type === type,
  );
  if (!found) throw new Error(`No ${type} is recorded.`);
  return found.outputs as Properties;
}

type Found = Docker.ContainerInspectInfo;
type Change = {
  State?: Partial<Found["State"]>;
  HostConfig?: Partial<Found["HostConfig"]>;
  Networks?: object;
};

/** What Docker says of a container that runs with its limits. */
function found({ State, HostConfig, Networks }: Change = {}): Found {
  return {
    Id: "c1",
    Name: "/berth-1",
    Platform: "linux",
    State: { Running: true, Paused: false, Restarting: false, ExitCode: 0, ...State },
    Config: { Cmd: null, Entrypoint: ["/start"], Hostname: "assistant", User: "1000:1000", WorkingDir: "" },
    HostConfig: {
      Memory: 64 * MIB,
      MemorySwap: 64 * MIB,
      NanoCpus: 500_000_000,
      RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
      ...HostConfig,
    },
    NetworkSettings: { Ports: {}, Networks: Networks ?? { "berth-1": { IPAddress: "10.0.0.2" } } },
  } as unknown as Found;
}

const inputs: Properties = { memory: 64, memorySwap: 64, cpus: "0.5", image: "assistant:1", envs: ["A=1"] };
const known = JSON.parse(JSON.stringify(containerOutputs(found(), inputs)));

it("one that nobody has touched is", () => {
  expect(isAsRecorded(found(), known)).toBe(true);
});

it.each([
  ["memory", { HostConfig: { Memory: 128 * MIB } }],
  ["swap", { HostConfig: { MemorySwap: -1 } }],
  ["cpus", { HostConfig: { NanoCpus: 1_000_000_000 } }],
  ["quota", { HostConfig: { CpuQuota: 50_000 } }],
  ["cpuset", { HostConfig: { CpusetCpus: "0" } }],
  ["restart policy", { HostConfig: { RestartPolicy: { Name: "no", MaximumRetryCount: 0 } } }],
  ["another network", { Networks: { "berth-1": { IPAddress: "10.0.0.2" }, bridge: {} } }],
  ["no network", { Networks: {} }],
  ["ended", { State: { Running: false, ExitCode: 1 } }],
  ["paused", { State: { Paused: true } }],
  ["restarting", { State: { Restarting: true } }],
] as const)("one whose %s was changed is not", (_name, change) => {
  expect(isAsRecorded(found(change as Change), known)).toBe(false);
});

it("one of which nothing is recorded, or another one, is not", () => {
  expect(isAsRecorded(found(), undefined)).toBe(false);
  expect(isAsRecorded(found(), recorded)).toBe(false);
});

it("knows every property that the official plugin records, so that none can differ unseen", () => {
  const lacking = Object.keys(recorded).filter((name) => !(name in known) && !name.startsWith("__"));
  expect(lacking).toEqual([]);
});
