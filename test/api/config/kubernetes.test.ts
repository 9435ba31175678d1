// The settings of the target kubernetes.
import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";
import { needsOf } from "../../../infra/targets.ts";

const read = (change: Record<string, string> = {}) => readConfig({ BERTH_TARGET: "kubernetes", ...change });

it("the place is a namespace of the kubeconfig's current cluster, and the defaults are the target's", () => {
  const config = read();
  expect(config.places).toEqual([
    {
      target: "kubernetes",
      region: null,
      context: null,
      namespace: "berth",
      storageClass: null,
      dataSize: "10Gi",
      runtimeClass: null,
    },
  ]);
  expect(config.stacks).toMatchObject({ target: "kubernetes", cpus: 1, startupTimeoutSeconds: 600 });
});

it("each of them can be set", () => {
  const [place] = read({
    BERTH_KUBERNETES_CONTEXT: "prod@eu",
    BERTH_KUBERNETES_NAMESPACE: "assistants-1",
    BERTH_KUBERNETES_STORAGE_CLASS: "fast.local",
    BERTH_KUBERNETES_DATA_SIZE: "500Mi",
    BERTH_KUBERNETES_RUNTIME_CLASS: "gvisor",
  }).places;
  expect(place).toMatchObject({
    context: "prod@eu",
    namespace: "assistants-1",
    storageClass: "fast.local",
    dataSize: "500Mi",
    runtimeClass: "gvisor",
  });
});

it.each([
  ["BERTH_KUBERNETES_NAMESPACE", "Assistants", "must be the name of a namespace"],
  ["BERTH_KUBERNETES_NAMESPACE", "a/b", "must be the name of a namespace"],
  ["BERTH_KUBERNETES_DATA_SIZE", "10GB", "must be a size, e.g. 10Gi"],
  ["BERTH_KUBERNETES_DATA_SIZE", "0Gi", "must be a size, e.g. 10Gi"],
  ["BERTH_KUBERNETES_STORAGE_CLASS", "my class", "must be a name of Kubernetes"],
])("%s=%s stops the start", (name, value, message) => {
  expect(() => read({ [name]: value })).toThrow(`${name}: ${message}`);
});

it("operations get the kubeconfig's path and what a pod is told of its cluster, with that target alone", () => {
  const environment = { KUBECONFIG: "/k", KUBERNETES_SERVICE_HOST: "10.0.0.1", AWS_REGION: "a" };
  const { KUBECONFIG, KUBERNETES_SERVICE_HOST, AWS_REGION } = read(environment).operationsEnvironment;
  expect([KUBECONFIG, KUBERNETES_SERVICE_HOST, AWS_REGION]).toEqual(["/k", "10.0.0.1", undefined]);
  expect(readConfig(environment).operationsEnvironment.KUBECONFIG).toBeUndefined();
});

it("several targets are served at once, that of new slots first, with what each of them needs", () => {
  const { places, stacks, kubernetes } = read({ BERTH_TARGET: "kubernetes, docker" });
  expect(places.map(({ target }) => target)).toEqual(["kubernetes", "docker"]);
  expect(kubernetes).toHaveLength(1);
  expect(stacks).toMatchObject({ target: "kubernetes", cpus: 1, startupTimeoutSeconds: 600 });
  expect(needsOf(["kubernetes", "docker"])).toMatchObject({
    dockerEngine: true,
    optionalPackages: ["@kubernetes/", "@pulumi/kubernetes"],
  });
  expect(() => read({ BERTH_TARGET: "docker,docker" })).toThrow("must not name a target twice");
  expect(() => read({ BERTH_TARGET: "docker,swarm" })).toThrow("must be one of docker, aws, kubernetes");
});
