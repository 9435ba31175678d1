// kubectl on the cluster of the tests, in a namespace of a test file's own.
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Resource } from "./api-client.ts";
import { clusterInUse } from "./in-use.ts";

const WAIT_MS = 120_000;
/** Of hundreds of objects. */
const MOST_PRINTED = 64 * 1024 * 1024;

/** @returns what it prints. @throws Error with its own words */
export function kubectl(args: readonly string[], input?: object | string): string {
  const { kubectl: program, kubeconfig } = clusterInUse();
  const text = typeof input === "object" ? JSON.stringify(input) : input;
  const { status, stdout, stderr } = spawnSync(program, ["--kubeconfig", kubeconfig, ...args], {
    encoding: "utf8",
    maxBuffer: MOST_PRINTED,
    ...(text && { input: text }),
  });
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

export function read(args: readonly string[]): Resource {
  return JSON.parse(kubectl(["get", "--output=json", ...args]));
}

/** One in which pods can be made: without its account they are refused. */
export function createNamespace(name: string): void {
  kubectl(["create", "namespace", name]);
  kubectl(["--namespace", name, "wait", "--for=create", "serviceaccount/default", "--timeout=60s"]);
}

/** With all that is in it, and resolves when it is gone. */
export function deleteNamespace(name: string): void {
  kubectl(["delete", "namespace", name, "--ignore-not-found", "--wait", "--timeout=120s"]);
}

/** @throws Error with the pods' states when it has not come true in time */
export async function until(namespace: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!isSo()) {
    if (performance.now() > deadline)
      throw new Error(`Not in time:\n${kubectl(["--namespace", namespace, "get", "pods,events"])}`);
    await sleep(300);
  }
}

/** @returns its address once it is ready */
export async function readyPod(namespace: string, name: string): Promise<string> {
  let pod: Resource;
  await until(namespace, () => {
    // Its set, or its deployment, may not have made it yet.
    const [found] = read([
      "--namespace",
      namespace,
      "pods",
      "--field-selector",
      `metadata.name=${name}`,
    ]).items;
    pod = found;
    return pod?.status.conditions?.some(
      ({ type, status }: Condition) => type === "Ready" && status === "True",
    );
  });
  return pod.status.podIP;
}

/** Whether a pod of an image with Node gets a connection to there. */
export function reaches(namespace: string, from: string, host: string, port: number): boolean {
  const program = `require("net").connect(${port}, "${host}").setTimeout(2000)
    .on("connect", () => process.exit(0)).on("timeout", () => process.exit(1)).on("error", () => process.exit(1))`;
  try {
    kubectl(["--namespace", namespace, "exec", from, "--", "node", "-e", program]);
    return true;
  } catch (error) {
    if (!String(error).includes("exit code 1")) throw error;
    return false;
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

/** A pod of a tiny image. @param on name of its node; any if absent */
export function pod(name: string, image: string, { on, labels = {} }: PodOptions = {}): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name, ...labels } },
    spec: {
      ...(on && { nodeName: on }),
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: "main",
          image,
          readinessProbe: { httpGet: { path: "/startupz", port: 18_789 }, periodSeconds: 1 },
        },
      ],
    },
  };
}

interface PodOptions {
  readonly on?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
