// etcd, which only the control plane's machine reaches.
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Program } from "./program.ts";

const URL_ON_MACHINE = "http://127.0.0.1:2379";
const READY_MS = 60_000;

export async function startEtcd(machine: Machine): Promise<Program> {
  const urls = [`--listen-client-urls=${URL_ON_MACHINE}`, `--advertise-client-urls=${URL_ON_MACHINE}`];
  const data = `--data-dir=${join(machine.folder, "etcd")}`;
  // What it holds is of one run: it need not wait for the disk.
  const etcd = machine.start("etcd", ["etcd", data, ...urls, "--logger=zap", "--unsafe-no-fsync"]);
  const health = ["etcdctl", `--endpoints=${URL_ON_MACHINE}`, "endpoint", "health"];
  const isReady = async () => (await machine.run(["env", "ETCDCTL_API=3", ...health])) !== undefined;
  await etcd.ready(isReady, READY_MS);
  return etcd;
}
