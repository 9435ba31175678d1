// The stand-in for the docker plugin beyond the official record: what is really done to Docker, refusals, and faults.
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker as engine } from "../../support/docker.ts";
import { type Hardened, hardenedStack, LABEL, NAME, PUBLISHED } from "../../support/hardened-container.ts";

const TYPES = ["container:Container", "network:Network", "volume:Volume"].map(
  (type) => `docker:index/${type}`,
);

let hardened: Hardened;
beforeAll(async () => {
  hardened = await hardenedStack();
  expect((await hardened.up(hardened.base())).error).toBeUndefined();
});
afterAll(() => hardened.close());

it("changed limits are those of the running container, not of a new one", async () => {
  const before = await hardened.byHand.inspect();
  const limits = { memory: 256, memorySwap: 512, cpuShares: 512, restart: "on-failure", maxRetryCount: 3 };
  expect((await hardened.up(hardened.changed(limits))).error).toBeUndefined();
  const { Id, State, HostConfig } = await hardened.byHand.inspect();
  expect([Id, State.Pid]).toEqual([before.Id, before.State.Pid]);
  expect(HostConfig).toMatchObject({
    Memory: 256 * 1024 ** 2,
    MemorySwap: 512 * 1024 ** 2,
    CpuShares: 512,
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
  });
  expect(await hardened.preview(hardened.changed(limits))).toEqual({ steps: [] });
});

it("a limit that was changed by hand is found by refresh, and put right", async () => {
  await hardened.byHand.update({ Memory: 64 * 1024 ** 2, MemorySwap: 64 * 1024 ** 2 });
  const { steps } = await hardened.up(hardened.base(), { refresh: true });
  expect(steps).toContainEqual(expect.objectContaining({ resource: "Container", op: "update" }));
  expect((await hardened.byHand.inspect()).HostConfig.Memory).toBe(128 * 1024 ** 2);
});

it("the container is on its own network only", async () => {
  expect(Object.keys((await hardened.byHand.inspect()).NetworkSettings.Networks)).toEqual([NAME]);
});

it("inputs that would be ignored are refused by name, nested ones too", async () => {
  const ports = [{ ...PUBLISHED, mode: "host" }];
  const { error } = await hardened.preview(hardened.changed({ wait: true, ports }));
  expect(error).toContain('does not know the input "wait"');
  expect(error).toContain('does not know the input "ports.mode"');
});

it("an engine that is away is an error, and nothing is taken for gone", async () => {
  const { envVars } = hardened.stack.stack.workspace;
  envVars.DOCKER_HOST = "unix:///nonexistent/docker.sock";
  try {
    const away = /Cannot connect to the Docker daemon.*nonexistent/;
    expect((await hardened.up(hardened.base(), { refresh: true })).error).toMatch(away);
    expect((await hardened.stack.destroy()).error).toMatch(away);
  } finally {
    delete envVars.DOCKER_HOST;
  }
  for (const type of TYPES) expect(await hardened.recorded(type)).toBeDefined();
});

it("the provider's own setting says which engine, and one of a kind it can't reach is refused", async () => {
  await hardened.stack.stack.setConfig("docker:host", { value: "ssh://somewhere" });
  try {
    const { error } = await hardened.preview(hardened.labelled("container"));
    expect(error).toContain("can't reach an engine at ssh://somewhere");
  } finally {
    await hardened.stack.stack.removeConfig("docker:host");
  }
});

it("destroy removes everything, also what is gone already", async () => {
  await hardened.byHand.remove({ force: true });
  const { steps, error } = await hardened.stack.destroy();
  expect(error).toBeUndefined();
  expect(steps.map(({ resource, op }) => [resource, op])).toEqual([
    ["Container", "delete"],
    ["Network", "delete"],
    ["Volume", "delete"],
  ]);
  const filters = { label: [LABEL] };
  const names = (await engine.listNetworks({ filters })).map(({ Name }) => Name);
  const { Volumes } = await engine.listVolumes({ filters });
  expect([...names, ...Volumes.map(({ Name }) => Name)]).not.toContain(NAME);
});
