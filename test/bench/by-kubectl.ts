// An assistant on Kubernetes without Berth: `kubectl apply` of the same objects, until the pod is ready.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { DEPLOYMENT_LABEL, podName, setName } from "../../infra/kubernetes/names.ts";
import type { Resource } from "../support/cluster/api-client.ts";
import { clusterInUse } from "../support/cluster/in-use.ts";
import { read } from "../support/cluster/kubectl.ts";
import { PAUSE_MS } from "./pace.ts";
import type { Times } from "./plain-script.ts";

const KINDS = "persistentvolumeclaim,serviceaccount,networkpolicy,secret,statefulset";
/** What an activation makes. The rest is there before the clock starts, as it is of a slot that is paid. */
const ACTIVATED = ["Secret", "StatefulSet"];
const WAIT = "--timeout=120s";

/** A deployment's objects as the cluster has them. */
export function objectsOf(namespace: string, deploymentId: string): readonly Resource[] {
  return read(["--namespace", namespace, KINDS, `--selector=${DEPLOYMENT_LABEL}=${deploymentId}`]).items;
}

/** Of a copy of that deployment's objects. */
export async function lifeByKubectl(
  namespace: string,
  deploymentId: string,
  objects: readonly Resource[],
): Promise<Times> {
  const id = randomUUID();
  const items = objects.map((object) => copy(object, deploymentId, id));
  const call = (args: readonly string[], input?: object) =>
    kubectl(["--namespace", namespace, ...args], input);
  const apply = (isOfThem: (kind: string) => boolean) =>
    call(["apply", "--filename=-"], {
      apiVersion: "v1",
      kind: "List",
      items: items.filter(({ kind }) => isOfThem(kind)),
    });
  const pod = `pod/${podName(id)}`;
  const untilReady = async () => {
    await call(["wait", "--for=create", WAIT, pod]);
    await call(["wait", "--for=condition=Ready", WAIT, pod]);
  };
  const scale = (replicas: number) => call(["scale", `--replicas=${replicas}`, `statefulset/${setName(id)}`]);
  await apply((kind) => !ACTIVATED.includes(kind));
  return {
    activate: await timed(async () => {
      await apply((kind) => ACTIVATED.includes(kind));
      await untilReady();
    }),
    stop: await timed(async () => {
      await scale(0);
      await call(["wait", "--for=delete", WAIT, pod]);
    }),
    redeploy: await timed(async () => {
      await scale(1);
      await untilReady();
    }),
    delete: await timed(async () => {
      await call(["delete", KINDS, `--selector=${DEPLOYMENT_LABEL}=${id}`]);
      await call(["wait", "--for=delete", WAIT, pod]);
    }),
  };
}

/** This process goes on meanwhile: it makes the cluster's volumes. */
async function kubectl(args: readonly string[], input?: object): Promise<void> {
  const { kubectl: program, kubeconfig } = clusterInUse();
  const running = promisify(execFile)(program, ["--kubeconfig", kubeconfig, ...args]);
  running.child.stdin?.end(input && JSON.stringify(input));
  await running;
}

async function timed(act: () => Promise<void>): Promise<number> {
  await sleep(PAUSE_MS);
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

/** What one would write by hand: nothing that the cluster has added. */
function copy(
  { apiVersion, kind, metadata, status: _, ...rest }: Resource,
  from: string,
  to: string,
): Resource {
  const { name, labels } = metadata;
  const { volumeName: __, ...spec } = rest.spec ?? {};
  const written = { apiVersion, kind, metadata: { name, labels }, ...rest, ...(rest.spec && { spec }) };
  return JSON.parse(JSON.stringify(written).replaceAll(from, to));
}
