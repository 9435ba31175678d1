// Pulumi's own provider of Kubernetes, as Berth builds it, through the Automation API: a hardened assistant of plain
// resources comes up, is unchanged at the next look, is stopped and removed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createNamespace, deleteNamespace, kubectl, read, readyPod } from "../support/cluster/kubectl.ts";
import { tinyImageNames } from "../support/tiny-image.ts";

const NAMESPACE = "provider-test";
const IN = ["--namespace", NAMESPACE];
const LABELS = { app: "assistant" };
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 1000,
  seccompProfile: { type: "RuntimeDefault" },
};
const LIMITS = { cpu: "100m", memory: "64Mi", "ephemeral-storage": "64Mi" };

let folder: string;
let stack: auto.Stack;
let replicas = 1;

beforeAll(async () => {
  createNamespace(NAMESPACE);
  kubectl(["label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted"]);
  folder = await mkdtemp(join(tmpdir(), "berth-provider-"));
  const envVars = {
    KUBECONFIG: inject("cluster").kubeconfig,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "only for tests",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
  };
  const project = { stackName: "assistant", projectName: "provider-test", program: async () => declare() };
  stack = await auto.LocalWorkspace.createStack(project, { envVars });
});
afterAll(async () => {
  await stack?.destroy();
  deleteNamespace(NAMESPACE);
  await rm(folder, { recursive: true, force: true });
});

function declare(): void {
  const metadata = { name: "assistant", namespace: NAMESPACE, labels: LABELS };
  const claim = new kubernetes.core.v1.PersistentVolumeClaim(
    "data",
    {
      metadata,
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
    },
    { customTimeouts: { create: "1m" } },
  );
  new kubernetes.networking.v1.NetworkPolicy("network", {
    metadata,
    spec: { podSelector: { matchLabels: LABELS }, policyTypes: ["Ingress", "Egress"] },
  });
  new kubernetes.apps.v1.StatefulSet("assistant", {
    metadata,
    spec: {
      replicas,
      serviceName: "assistant",
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          securityContext: { fsGroup: 1000 },
          containers: [
            {
              name: "assistant",
              image: tinyImageNames().healthy,
              securityContext: RESTRICTED,
              resources: { limits: LIMITS, requests: LIMITS },
              readinessProbe: { httpGet: { path: "/startupz", port: 18_789 }, periodSeconds: 1 },
              volumeMounts: [{ name: "data", mountPath: "/home/node/.openclaw" }],
            },
          ],
          volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim.metadata.name } }],
        },
      },
    },
  });
}

it("brings up a hardened StatefulSet whose pod is ready", async () => {
  const { summary } = await stack.up();
  // The stack itself, the provider's default and three resources.
  expect(summary.resourceChanges).toEqual({ create: 4 });
  await readyPod(NAMESPACE, "assistant-0");
  const status = kubectl([...IN, "exec", "assistant-0", "--", "cat", "/proc/self/status"]);
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  expect(status).toMatch(/^Seccomp:\t2$/m);
  expect(status).toMatch(/^CapEff:\t0{16}$/m);
  expect(() => kubectl([...IN, "exec", "assistant-0", "--", "touch", "/file"])).toThrow(
    /Read-only file system/,
  );
  kubectl([...IN, "exec", "assistant-0", "--", "touch", "/home/node/.openclaw/file"]);
});

it("changes nothing when nothing has changed", async () => {
  const { changeSummary } = await stack.preview();
  expect(changeSummary).toEqual({ same: 4 });
});

it("stops it and keeps its data", async () => {
  replicas = 0;
  const { summary } = await stack.up();
  expect(summary.resourceChanges).toEqual({ same: 3, update: 1 });
  expect(read([...IN, "pods"]).items).toEqual([]);
  expect(read([...IN, "persistentvolumeclaims"]).items).toHaveLength(1);
});

it("removes all of it", async () => {
  await stack.destroy();
  expect(read([...IN, "statefulsets,persistentvolumeclaims,networkpolicies"]).items).toEqual([]);
});
