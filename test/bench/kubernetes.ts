// A real cluster of three nodes: each lifecycle call by Berth, the plain script and kubectl, by turns; and hundreds of
// deployments.
import { claimOf, volumeText } from "../../infra/kubernetes/claim.ts";
import { connect } from "../../infra/kubernetes/client.ts";
import { DEPLOYMENT_LABEL } from "../../infra/kubernetes/names.ts";
import type { KubernetesPlace } from "../../infra/kubernetes/place.ts";
import { putSecret, readSecret, removeSecrets, SETTINGS_KEY } from "../../infra/kubernetes/secret.ts";
import { cacheFolder } from "../../infra/toolchain/cache.ts";
import type { TestBerth } from "../support/berth.ts";
import { clusterSettings, endClusterBerth, startClusterBerth } from "../support/cluster/berth.ts";
import { startCluster } from "../support/cluster/cluster.ts";
import { use } from "../support/cluster/in-use.ts";
import { read } from "../support/cluster/kubectl.ts";
import { ensureParts } from "../support/cluster/parts.ts";
import { Server } from "../support/faults/server.ts";
import { lifeByKubectl, objectsOf } from "./by-kubectl.ts";
import { plainScript } from "./contenders.ts";
import { life, preparedSlot, STEPS, timed } from "./lifecycle.ts";
import { grow } from "./many.ts";
import type { Times } from "./plain-script.ts";
import { median, ms, ratio, type Table } from "./table.ts";

const ROUNDS = 7;
const ACTIVE = 20;
const CLUSTER = { slice: 67, nodes: 3 };
const SLICE = 41;
const NAMESPACE = "berth-bench";

export async function kubernetes(image: string): Promise<Table> {
  return onCluster(() => lives(image));
}

/** 300 stateful sets, of which 20 have a pod. */
export async function kubernetesMany(image: string): Promise<Table> {
  return onCluster(async () => {
    const settings = { ...clusterSettings(NAMESPACE), BERTH_ASSISTANT_IMAGE: image };
    const server = await Server.start(86, { settings });
    try {
      const table = await grow(server, { active: ACTIVE });
      const left = read(["--namespace", NAMESPACE, "all,pvc,secret", `--selector=${DEPLOYMENT_LABEL}`]).items;
      if (left.length > 0) throw new Error(`Something is left in the cluster: ${JSON.stringify(left)}`);
      return table;
    } finally {
      await server.close();
    }
  });
}

async function onCluster(measure: () => Promise<Table>): Promise<Table> {
  const cache = await cacheFolder(process.env);
  const parts = await ensureParts(cache, process.env);
  const cluster = await startCluster({ parts, cache, ...CLUSTER });
  use({ kubeconfig: cluster.kubeconfig, kubectl: parts.kubectl });
  try {
    return await measure();
  } finally {
    await cluster.stop();
  }
}

async function lives(image: string): Promise<Table> {
  const berth = await startClusterBerth(SLICE, NAMESPACE, {
    BERTH_ASSISTANT_IMAGE: image,
    BERTH_CONCURRENCY: "1",
  });
  const [ours, plain, bare]: [Times[], Times[], Times[]] = [[], [], []];
  try {
    // The others get copies of what it has.
    const model = await preparedSlot(berth);
    await timed(berth, model, "activate");
    const objects = objectsOf(NAMESPACE, model);
    for (let round = 0; round < ROUNDS; round++) {
      plain.push(await lifeByScript(berth, model, image, round));
      bare.push(await lifeByKubectl(NAMESPACE, model, objects));
      ours.push(await life(berth));
    }
  } finally {
    await endClusterBerth(berth, NAMESPACE);
  }
  const of = (times: readonly Times[], step: keyof Times) => median(times.map((round) => round[step]));
  const contenders = ["Berth: HTTP call → status", "plain script", "ratio", "`kubectl`", "ratio"];
  return [
    [`p50 of ${ROUNDS} rounds, ${CLUSTER.nodes} nodes`, ...contenders],
    ...STEPS.map((step) => {
      const [mine, script, kubectl] = [of(ours, step), of(plain, step), of(bare, step)];
      return [step, ms(mine), ms(script), ratio(mine, script), ms(kubectl), ratio(mine, kubectl)];
    }),
  ];
}

/** Its Secret is there before the clock starts: the program makes none. */
async function lifeByScript(berth: TestBerth, model: string, image: string, round: number): Promise<Times> {
  const [place] = berth.installation.settings.places as [KubernetesPlace];
  const cluster = connect(place);
  const id = `bench-${round}`;
  const given = (await readSecret(cluster, model)) ?? {};
  const config = {
    target: "kubernetes",
    place: JSON.stringify(place),
    volume: volumeText(place, claimOf(id, undefined)),
    settings: given[SETTINGS_KEY] ?? "",
    operation: "",
    memoryMib: berth.environment.BERTH_MEMORY_MIB ?? "",
    cpus: berth.environment.BERTH_CPUS ?? "",
    startupTimeoutSeconds: berth.environment.BERTH_STARTUP_TIMEOUT ?? "",
  };
  await putSecret(cluster, id, given);
  try {
    return await (await plainScript<Times>("lives", { image, place: round, config })).go();
  } finally {
    await removeSecrets(cluster, id);
  }
}
