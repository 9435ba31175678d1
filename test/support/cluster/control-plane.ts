// API server, controller manager and scheduler, as they are in a cluster that kubeadm makes.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../infra/toolchain/run.ts";
import type { Authority } from "./certificates.ts";
import type { Machine } from "./machine.ts";
import type { AddressPlan } from "./network.ts";
import type { Program } from "./program.ts";

const PORT = 6443;
const READY_MS = 120_000;
/** A node that says nothing for so long is taken for lost. Half of the usual time: tests wait for it. */
const NODE_GRACE = "20s";

export interface ControlPlane {
  readonly server: string;
  /** Of an administrator. */
  readonly kubeconfig: string;
  readonly apiServer: Program;
  restartApiServer(): Promise<void>;
}

/** Starts it beside etcd. @param kubectl path of the program */
export async function startControlPlane(
  machine: Machine,
  plan: AddressPlan,
  authority: Authority,
  kubectl: string,
): Promise<ControlPlane> {
  const server = `https://${plan.control}:${PORT}`;
  const kubeconfig = await authority.kubeconfig(server, { name: "admin", group: "system:masters" });
  const serviceAccounts = join(machine.folder, "service-accounts.pem");
  await run("openssl", ["genrsa", "-out", serviceAccounts, "2048"]);
  const command = await apiServerCommand(machine, plan, authority, serviceAccounts);
  const startApiServer = async () => {
    const program = machine.start("kube-apiserver", command);
    const ready = ["--kubeconfig", kubeconfig, "get", "--raw", "/readyz"];
    await program.ready(async () => (await run(kubectl, ready)) === "ok", READY_MS);
    return program;
  };
  let apiServer = await startApiServer();
  const kubeconfigOf = (name: string) => authority.kubeconfig(server, { name: `system:${name}` });
  machine.start("kube-controller-manager", [
    "kube-controller-manager",
    `--kubeconfig=${await kubeconfigOf("kube-controller-manager")}`,
    `--service-account-private-key-file=${serviceAccounts}`,
    `--root-ca-file=${authority.certificate}`,
    `--node-monitor-grace-period=${NODE_GRACE}`,
    "--use-service-account-credentials",
    "--leader-elect=false",
  ]);
  const scheduler = `--kubeconfig=${await kubeconfigOf("kube-scheduler")}`;
  machine.start("kube-scheduler", ["kube-scheduler", scheduler, "--leader-elect=false"]);
  return {
    server,
    kubeconfig,
    get apiServer() {
      return apiServer;
    },
    async restartApiServer() {
      await apiServer.stop("SIGKILL");
      apiServer = await startApiServer();
    },
  };
}

async function apiServerCommand(
  machine: Machine,
  plan: AddressPlan,
  authority: Authority,
  serviceAccounts: string,
): Promise<readonly string[]> {
  const names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"].map((name) => `DNS:${name}`);
  const alternatives = [`IP:${plan.control}`, `IP:${plan.firstService}`, ...names];
  const serving = await authority.issue({ name: "kube-apiserver", alternatives });
  const toKubelets = await authority.issue({ name: "kube-apiserver-client", group: "system:masters" });
  return [
    "kube-apiserver",
    "--etcd-servers=http://127.0.0.1:2379",
    `--encryption-provider-config=${encryption(machine)}`,
    `--advertise-address=${plan.control}`,
    `--secure-port=${PORT}`,
    `--service-cluster-ip-range=${plan.services}`,
    `--client-ca-file=${authority.certificate}`,
    `--tls-cert-file=${serving.cert}`,
    `--tls-private-key-file=${serving.key}`,
    "--kubelet-preferred-address-types=InternalIP",
    `--kubelet-certificate-authority=${authority.certificate}`,
    `--kubelet-client-certificate=${toKubelets.cert}`,
    `--kubelet-client-key=${toKubelets.key}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${serviceAccounts}`,
    `--service-account-signing-key-file=${serviceAccounts}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged",
  ];
}

/** Secrets are encrypted in etcd. */
function encryption(machine: Machine): string {
  const key = { name: "key", secret: randomBytes(32).toString("base64") };
  const config = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers: [{ secretbox: { keys: [key] } }, { identity: {} }] }],
  };
  const path = join(machine.folder, "encryption.json");
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
