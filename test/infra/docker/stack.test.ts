// What the stack of an assistant on Docker declares without a container: with Pulumi's own mocks, no engine.
import { expect, it } from "vitest";
import { program } from "../../../infra/program.ts";
import { runWithMocks } from "../../support/pulumi-mocks.ts";

const ID = "01940000-0000-7000-8000-000000000001";

function stopped(change: Record<string, string> = {}) {
  const config = {
    target: "docker",
    replicas: "0",
    image: "assistant:1",
    settings: "{}",
    memoryMib: "64",
    cpus: "1",
    startupTimeoutSeconds: "30",
    hostPort: "20000",
    subnet: "10.9.0.0/28",
    secretsFile: "/data/secrets.json",
    secretsFingerprint: "",
    startedWith: "",
    ...change,
  };
  return runWithMocks(program, { project: "berth", stack: ID, config });
}

it("a stopped assistant keeps its network and its data", async () => {
  const { resources, outputs } = await stopped();
  expect(resources.map(({ name }) => name).toSorted()).toEqual(["network", "state"]);
  expect(outputs).toMatchObject({ status: "stopped", replicas: 0, volume: `berth-${ID}` });
});

it("no empty volume takes the place of data that is gone, and the outputs say where it was", async () => {
  const { resources, outputs } = await stopped({ dataGone: "true" });
  expect(resources.map(({ name }) => name)).toEqual(["network"]);
  expect(outputs).toMatchObject({ status: "stopped", replicas: 0, volume: `berth-${ID}` });
});
