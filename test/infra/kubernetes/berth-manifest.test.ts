// The manifest of Berth itself. That an API server takes it is shown by test/cluster/berth-manifest.test.ts.
import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";
import { readBerthManifest } from "../../support/cluster/berth-manifest.ts";

const objects = readBerthManifest();
const of = (kind: string) => objects.filter((one) => one.kind === kind);
const settings = of("ConfigMap")[0]?.data ?? {};

it("has each role once, in the namespace of the settings, with Berth's account", () => {
  const pods = of("Deployment").map(({ spec }) => spec?.template);
  const roles = pods.map(
    (pod) => pod?.spec.containers[0]?.env.find(({ name }) => name === "BERTH_ROLE")?.value,
  );
  expect(roles.toSorted()).toEqual(["api", "gateway", "worker"]);
  for (const pod of pods) expect(pod?.spec.serviceAccountName).toBe("berth");
  const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
  expect([...namespaces]).toEqual([settings.BERTH_KUBERNETES_NAMESPACE]);
});

it("its settings are Berth's, and start it", () => {
  const config = readConfig({ ...settings, DATABASE_URL: "postgres://berth@db/berth", BERTH_ROLE: "worker" });
  expect(config.stacks.target).toBe("kubernetes");
  expect(config.kubernetes).toMatchObject([{ namespace: "berth", context: null }]);
  expect(config.stacks.dataDir).toBe(settings.BERTH_DATA_DIR);
});

it.each(["PodDisruptionBudget", "Service"])("each %s selects the pods of one role", (kind) => {
  const labels = of("Deployment").map(({ spec }) => spec?.template?.metadata.labels);
  expect(of(kind).length).toBeGreaterThan(1);
  for (const { spec } of of(kind))
    expect(labels).toContainEqual(spec?.selector?.matchLabels ?? spec?.selector);
});

it("whoever is stopped has the time to hand back, and writes to its volumes alone", () => {
  for (const { spec } of of("Deployment")) {
    const { containers, terminationGracePeriodSeconds } = spec?.template?.spec ?? { containers: [] };
    expect(terminationGracePeriodSeconds).toBeGreaterThan(35);
    expect(containers[0]?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const paths = containers[0]?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
    expect(paths.some((path) => settings.BERTH_DATA_DIR?.startsWith(path))).toBe(true);
    expect(paths.some((path) => settings.XDG_CACHE_HOME?.startsWith(path))).toBe(true);
  }
});
