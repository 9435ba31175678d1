// The stack of a deployment on Kubernetes, with Pulumi's mocks: what is declared. What a cluster makes of it is not tested here.
import { describe, expect, it } from "vitest";
import type { KubernetesArgs } from "../../../infra/kubernetes/args.ts";
import { hashOf } from "../../../infra/kubernetes/names.ts";
import { HAND_OVER_PROGRAM, podTemplate } from "../../../infra/kubernetes/pod.ts";
import { NOT_PUBLIC_IPV4 } from "../../../infra/not-public.ts";
import { program } from "../../../infra/program.ts";
import { NAMESPACE_UID, PLACE } from "../../support/kubernetes-place.ts";
import { type Run, runWithMocks } from "../../support/pulumi-mocks.ts";

const ONE = "01940000-0000-7000-8000-000000000001";
const TWO = "01940000-0000-7000-8000-000000000002";

function up(replicas: 0 | 1, change: Record<string, string> = {}, stack = ONE): Promise<Run> {
  const config = {
    target: "kubernetes",
    replicas: String(replicas),
    image: "ghcr.io/openclaw/openclaw:2026.9.6",
    settings: JSON.stringify({ gateway: { mode: "local" }, text: "$(HOME) $$ $HOME" }),
    place: JSON.stringify(PLACE),
    volume: `${NAMESPACE_UID}/berth-${stack}-data`,
    operation: "operation-1",
    memoryMib: "2048",
    cpus: "1.5",
    startupTimeoutSeconds: "300",
    ...change,
  };
  return runWithMocks(program, { project: "berth", stack, config });
}

const SET = "kubernetes:apps/v1:StatefulSet";
const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const COMMAND = "command:local:Command";
const PROVIDER = "pulumi:providers:kubernetes";

const podOf = (run: Run) => run.only(SET).inputs.spec.template.spec;
const assistantOf = (run: Run) => podOf(run).containers[0];
const settingsOf = (run: Run) => podOf(run).initContainers[0];

describe("a deployment's stack on Kubernetes, with Pulumi's mocks", () => {
  it("is exactly these resources, running or stopped", async () => {
    for (const replicas of [0, 1] as const) {
      const { resources } = await up(replicas);
      expect(resources.map(({ type, name }) => `${type} ${name}`).toSorted()).toEqual([
        `${COMMAND} readiness`,
        // What runs takes other settings without an end.
        ...(replicas === 1 ? [`${COMMAND} settings`] : []),
        `${SET} assistant`,
        `${CLAIM} data`,
        `${ACCOUNT} account`,
        `${POLICY} network`,
        `${PROVIDER} cluster`,
      ]);
    }
  });

  it("stops in place: nothing but the number of replicas differs", async () => {
    const [running, stopped] = [await up(1), await up(0)];
    const set = (run: Run) => run.only(SET).inputs.spec;
    expect([set(running).replicas, set(stopped).replicas]).toEqual([1, 0]);
    for (const type of [CLAIM, ACCOUNT, POLICY, PROVIDER])
      expect(stopped.only(type).inputs).toEqual(running.only(type).inputs);
    expect(set(stopped)).toEqual({ ...set(running), replicas: 0 });
  });

  it("reports active only by the last step, and the claim with the uid of its namespace", async () => {
    const { outputs } = await up(1);
    expect(outputs).toMatchObject({
      status: "active",
      replicas: 1,
      endpoint: null,
      network: `berth-${ONE}-network`,
      volume: `${NAMESPACE_UID}/berth-${ONE}-data`,
    });
    expect((await up(0)).outputs).toMatchObject({ status: "stopped", replicas: 0, containerId: null });
  });

  it("applies server-side, takes no field from another manager, waits for none by itself", async () => {
    const run = await up(1);
    expect(run.only(PROVIDER).inputs).toMatchObject({
      context: "test",
      namespace: "assistants",
      clusterIdentifier: NAMESPACE_UID,
      enableServerSideApply: "true",
    });
    for (const type of [SET, CLAIM, ACCOUNT, POLICY]) {
      const { metadata } = run.only(type).inputs;
      expect(metadata.namespace).toBe("assistants");
      expect(metadata.annotations).toMatchObject({
        "pulumi.com/patchForce": "false",
        "pulumi.com/patchFieldManager": "berth",
        "pulumi.com/skipAwait": "true",
      });
      expect(metadata.labels).toMatchObject({
        "app.kubernetes.io/managed-by": "berth",
        "app.kubernetes.io/instance": `berth-${ONE}`,
        "berth.dev/deployment": ONE,
      });
    }
  });

  it("never has two pods: one replica at most, and Berth alone ends a pod", async () => {
    const { spec } = (await up(1)).only(SET).inputs;
    expect(spec.updateStrategy).toEqual({ type: "OnDelete" });
    expect(spec.podManagementPolicy).toBe("OrderedReady");
    expect(spec.volumeClaimTemplates).toBeUndefined();
    expect(spec.selector.matchLabels["berth.dev/deployment"]).toBe(ONE);
  });

  it("gives every object of a deployment a name of its own, and none of another deployment's", async () => {
    const names = async (stack: string) =>
      (await up(1, {}, stack)).resources.flatMap(({ inputs }) => inputs.metadata?.name ?? []);
    const [one, two] = [await names(ONE), await names(TWO)];
    expect(new Set(one).size).toBe(4);
    expect(one.filter((name: string) => two.includes(name))).toEqual([]);
    // With the hash that a set puts behind it, a label's value of 63 characters at most.
    expect(`berth-${ONE}-0123456789`.length).toBeLessThanOrEqual(63);
  });
});

describe("its pod", () => {
  it("keeps to the profile restricted, in each container", async () => {
    const run = await up(1);
    const pod = podOf(run);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const containers = [...pod.initContainers, ...pod.containers];
    expect(containers.map(({ name }) => name)).toEqual(["settings", "assistant"]);
    for (const { securityContext } of containers)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        privileged: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      });
    expect(Object.keys(pod)).not.toContain("hostNetwork");
    expect(pod.volumes.flatMap((volume: object) => Object.keys(volume))).not.toContain("hostPath");
  });

  it("has no token of an account, and an account that no role is bound to", async () => {
    const run = await up(1);
    expect(podOf(run)).toMatchObject({
      serviceAccountName: `berth-${ONE}-account`,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
    expect(run.only(ACCOUNT).inputs.automountServiceAccountToken).toBe(false);
  });

  it("requests what it is limited to", async () => {
    const amounts = { cpu: "1500m", memory: "2048Mi", "ephemeral-storage": "1Gi" };
    for (const container of [assistantOf(await up(1)), settingsOf(await up(1))])
      expect(container.resources).toEqual({ limits: amounts, requests: amounts });
  });

  it("has 35 s to stop, and says itself when it has started and that it lives", async () => {
    const run = await up(1);
    expect(podOf(run).terminationGracePeriodSeconds).toBe(35);
    const { startupProbe, readinessProbe, livenessProbe } = assistantOf(run);
    expect(startupProbe).toMatchObject({
      httpGet: { path: "/startupz", port: 18789 },
      failureThreshold: 300,
      periodSeconds: 1,
    });
    expect(readinessProbe.httpGet.path).toBe("/startupz");
    expect(livenessProbe.httpGet.path).toBe("/healthz");
  });

  it("has its data in the claim, and folders of its own in memory", async () => {
    const run = await up(1);
    expect(podOf(run).volumes).toEqual([
      { name: "data", persistentVolumeClaim: { claimName: `berth-${ONE}-data` } },
      { name: "memory", emptyDir: { medium: "Memory", sizeLimit: "512Mi" } },
      { name: "given", secret: { secretName: `berth-${ONE}-given`, defaultMode: 0o440 } },
    ]);
    expect(assistantOf(run).volumeMounts).toEqual([
      { name: "data", mountPath: "/home/node/.openclaw", subPath: ".openclaw" },
      { name: "memory", mountPath: "/tmp", subPath: "tmp" },
      { name: "memory", mountPath: "/home/node/.cache", subPath: "cache" },
      { name: "memory", mountPath: "/run/berth", subPath: "handed" },
      { name: "memory", mountPath: "/run/berth/plugin", subPath: "handed/plugin", readOnly: true },
    ]);
  });

  it("gets its secrets as files that the settings writer hands over, and none in its environment", async () => {
    const run = await up(1);
    const { env } = assistantOf(run);
    expect(env.filter(({ valueFrom }: { valueFrom?: object }) => valueFrom)).toEqual([]);
    expect(env).toContainEqual({ name: "NODE_OPTIONS", value: "--max-old-space-size=1536" });
    expect(settingsOf(run).env).toBeUndefined();
    expect(settingsOf(run).volumeMounts).toContainEqual({
      name: "given",
      mountPath: "/given",
      readOnly: true,
    });
  });

  it("is asked to be another one for another image or setting, of another spec for the image alone, and the same one for another operation", async () => {
    const annotations = async (change: Record<string, string>) =>
      (await up(1, change)).only(SET).inputs.spec.template.metadata.annotations;
    const asked = async (change: Record<string, string>) => (await annotations(change))["berth.dev/asked"];
    const spec = async (change: Record<string, string>) => (await annotations(change))["berth.dev/spec"];
    const before = await asked({});
    expect(await spec({ settings: "{}" })).toBe(await spec({}));
    expect(await spec({ image: "ghcr.io/openclaw/openclaw:2026.9.7" })).not.toBe(await spec({}));
    expect(await asked({ image: "ghcr.io/openclaw/openclaw:2026.9.7" })).not.toBe(before);
    expect(await asked({ settings: "{}" })).not.toBe(before);
    expect(await asked({ settingsRefused: "operation-1" })).not.toBe(before);
    expect(await asked({ operation: "operation-2" })).toBe(before);
  });

  it("runs a program of its Secret, which is in no object that is watched, and is another pod for another program", async () => {
    const run = await up(1);
    expect(settingsOf(run).args).toEqual(["/volume/.openclaw/openclaw.json"]);
    expect(settingsOf(run).command).toEqual([
      "node",
      "--input-type=module",
      "-e",
      "await import('/given/program.mjs')",
    ]);
    expect(JSON.stringify(podOf(run)).length).toBeLessThan(6_000);
    const args = { place: PLACE, image: "a/b:1", cpus: 1, memoryMib: 2048, startupTimeoutSeconds: 300 };
    const { metadata, spec } = podTemplate(ONE, args as KubernetesArgs);
    expect(metadata.annotations["berth.dev/spec"]).toBe(hashOf([spec, HAND_OVER_PROGRAM]));
    expect(HAND_OVER_PROGRAM).toContain("openclaw.plugin.json");
  });

  it("runs by another runtime where the operator has set one", async () => {
    expect(podOf(await up(1)).runtimeClassName).toBeUndefined();
    const place = JSON.stringify({ ...PLACE, runtimeClass: "gvisor" });
    expect(podOf(await up(1, { place })).runtimeClassName).toBe("gvisor");
  });
});

describe("its network", () => {
  it("lets nothing in, and out DNS and public addresses, but no mail", async () => {
    const { spec } = (await up(1)).only(POLICY).inputs;
    expect(spec.podSelector.matchLabels).toEqual({ "berth.dev/deployment": ONE });
    expect(spec.policyTypes).toEqual(["Ingress", "Egress"]);
    expect(spec.ingress).toEqual([]);
    const [dns, outside, ...others] = spec.egress;
    expect(others).toEqual([]);
    expect(dns.ports).toEqual([
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ]);
    expect(outside.ports).toEqual([
      { protocol: "TCP", port: 1, endPort: 24 },
      { protocol: "TCP", port: 26, endPort: 65535 },
    ]);
    const [ipv4, ipv6] = outside.to.map(({ ipBlock }: { ipBlock: { except: string[] } }) => ipBlock);
    expect(ipv4.except).toEqual([...NOT_PUBLIC_IPV4]);
    for (const range of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"])
      expect(ipv4.except).toContain(range);
    // Unique local, link-local and mapped addresses, and fd00:ec2::254, lie outside.
    expect(ipv6.cidr).toBe("2000::/3");
  });

  it("lets it reach a model gateway at a private address, at that port alone", async () => {
    const gateway = JSON.stringify({ cidr: "10.1.2.3/32", port: 8443 });
    const { egress } = (await up(1, { gateway })).only(POLICY).inputs.spec;
    expect(egress.at(-1)).toEqual({
      to: [{ ipBlock: { cidr: "10.1.2.3/32" } }],
      ports: [{ protocol: "TCP", port: 8443 }],
    });
  });
});

describe("its data", () => {
  it("is a claim of the class and size that are set, taken over by its record's name", async () => {
    expect((await up(1)).only(CLAIM).inputs.spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "local-path",
      resources: { requests: { storage: "5Gi" } },
    });
    const place = JSON.stringify({ ...PLACE, storageClass: null });
    expect((await up(1, { place })).only(CLAIM).inputs.spec.storageClassName).toBeUndefined();
    const restored = await up(1, { volume: `${NAMESPACE_UID}/berth-${ONE}-data-0a1b2c3d` });
    expect(restored.only(CLAIM, "data-0a1b2c3d").inputs.metadata.name).toBe(`berth-${ONE}-data-0a1b2c3d`);
    expect(podOf(restored).volumes[0].persistentVolumeClaim.claimName).toBe(`berth-${ONE}-data-0a1b2c3d`);
  });

  it("has a fresh claim beside it while it is restored", async () => {
    const run = await up(0, { incoming: `${NAMESPACE_UID}/berth-${ONE}-data-0a1b2c3d` });
    expect(run.only(CLAIM, "data").inputs.metadata.name).toBe(`berth-${ONE}-data`);
    expect(run.only(CLAIM, "data-0a1b2c3d").inputs.metadata.name).toBe(`berth-${ONE}-data-0a1b2c3d`);
  });

  it("that is gone is not replaced by an empty claim", async () => {
    const run = await up(0, { dataGone: "true" });
    expect(run.resources.filter(({ type }) => type === CLAIM)).toEqual([]);
    expect(run.outputs.status).toBe("stopped");
  });
});

it("the last step says what was asked for, and is taken again by every operation", async () => {
  const readiness = (await up(1)).only(COMMAND, "readiness");
  expect(readiness.dependsOn).toContain("assistant");
  expect(JSON.parse(readiness.inputs.stdin)).toMatchObject({
    deploymentId: ONE,
    replicas: 1,
    timeoutSeconds: 300,
    place: { namespace: "assistants", namespaceUid: NAMESPACE_UID },
  });
  expect(JSON.parse(readiness.inputs.stdin).asked).toMatch(/^[0-9a-f]{32}$/);
  const triggers = async (operation: string) =>
    (await up(1, { operation })).only(COMMAND, "readiness").inputs.triggers;
  expect(await triggers("operation-2")).not.toEqual(await triggers("operation-1"));
});

it("settings are offered to a pod that runs before its set asks for them, whenever they change", async () => {
  const run = await up(1);
  const settings = run.only(COMMAND, "settings");
  expect(run.only(SET).dependsOn).toContain("settings");
  const { annotations } = run.only(SET).inputs.spec.template.metadata;
  expect(JSON.parse(settings.inputs.stdin)).toMatchObject({
    deploymentId: ONE,
    asked: annotations["berth.dev/asked"],
    spec: annotations["berth.dev/spec"],
    settings: { gateway: { mode: "local" } },
  });
  expect(settings.inputs.triggers).toEqual([annotations["berth.dev/asked"]]);
});
