// A real cluster of three nodes: each lifecycle call by Berth, the plain script and kubectl, by turns; and hundreds of
// deployments.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { ensureAssistantImage } from "../../infra/docker/images/ensure.ts";
import { claimOf, volumeText } from "../../infra/kubernetes/claim.ts";
import { connect } from "../../infra/kubernetes/client.ts";
import { DEPLOYMENT_LABEL } from "../../infra/kubernetes/names.ts";
import type { KubernetesPlace } from "../../infra/kubernetes/place.ts";
import { putSecret, readSecret, removeSecrets, SETTINGS_KEY } from "../../infra/kubernetes/secret.ts";
import { cacheFolder } from "../../infra/toolchain/cache.ts";
import { step } from "../../infra/toolchain/progress.ts";
import type { Resource } from "../support/cluster/api-client.ts";
import {
  clusterSettings,
  endClusterBerth,
  removeKubeconfig,
  startClusterBerth,
} from "../support/cluster/berth.ts";
import { type Cluster, startCluster } from "../support/cluster/cluster.ts";
import { importEverywhere } from "../support/cluster/image-archive.ts";
import { importImages } from "../support/cluster/images.ts";
import { use } from "../support/cluster/in-use.ts";
import { read } from "../support/cluster/kubectl.ts";
import { ensureParts } from "../support/cluster/parts.ts";
import { startCollector } from "../support/collector.ts";
import { Server } from "../support/faults/server.ts";
import { NO_LOGINS } from "../support/registry.ts";
import { lifeByKubectl, objectsOf } from "./by-kubectl.ts";
import { plainScript } from "./contenders.ts";
import { life, preparedSlot, STEPS, timed } from "./lifecycle.ts";
import { grow } from "./many.ts";
import type { Times } from "./plain-script.ts";
import { median, ms, ratio, type Table } from "./table.ts";
import { tracedLives } from "./trace.ts";

const ACTIVE = 20;
const CLUSTER = { slice: 67, nodes: 3 };
const SLICE = 41;
const NAMESPACE = "berth-bench";
const KINDS = "all,persistentvolumeclaim,secret,networkpolicy,serviceaccount";
const WATCH = fileURLToPath(new URL("./watch-by-itself.ts", import.meta.url));
const SHOWN = ["Command settings", "StatefulSet assistant", "Command readiness"];

export async function kubernetes(image: string): Promise<Table> {
  return onCluster(() => lives(image, { rounds: 5 }));
}

/** Where the time of each call goes there. */
export async function kubernetesTrace(image: string): Promise<Table> {
  return onCluster(async () => {
    const collector = await startCollector();
    const settings = { BERTH_CONCURRENCY: "1", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const berth = await startClusterBerth(SLICE, NAMESPACE, { BERTH_ASSISTANT_IMAGE: image, ...settings });
    try {
      return await tracedLives(berth, collector, SHOWN);
    } finally {
      await endClusterBerth(berth, NAMESPACE);
      await collector.close();
    }
  });
}

/** The same with real OpenClaw, whose own start is most of it. */
export async function kubernetesOpenClaw(): Promise<Table> {
  await ensureAssistantImage(DEFAULT_ASSISTANT_IMAGE, { environment: process.env, logins: NO_LOGINS });
  return onCluster(async ({ nodes }) => {
    await importEverywhere(DEFAULT_ASSISTANT_IMAGE, nodes, ({ machine }, archive) =>
      importImages(machine, archive),
    );
    const settings = { BERTH_MEMORY_MIB: "2048", BERTH_CPUS: "2", BERTH_STARTUP_TIMEOUT: "300" };
    return lives(DEFAULT_ASSISTANT_IMAGE, { rounds: 3, settings });
  });
}

/** 300 stateful sets, of which 20 have a pod. */
export async function kubernetesMany(image: string): Promise<Table> {
  return onCluster(async () => {
    try {
      const settings = { ...clusterSettings(NAMESPACE), BERTH_ASSISTANT_IMAGE: image };
      const server = await Server.start(86, { settings });
      try {
        const table = await grow(server, { active: ACTIVE, watch: watchByItself });
        assertNothingLeft();
        return table;
      } finally {
        await server.close();
      }
    } finally {
      await removeKubeconfig(NAMESPACE);
    }
  });
}

/** This process makes the cluster's volumes meanwhile. @returns the part of a core that it takes */
async function watchByItself(): Promise<number> {
  const program = fork(WATCH, [NAMESPACE]);
  const exit = once(program, "exit");
  const ended = exit.then(([code]) => Promise.reject(new Error(`The watch by itself ended with ${code}.`)));
  const [part] = await Promise.race([once(program, "message"), ended]);
  ended.catch(() => {});
  await exit;
  return Number(part);
}

function assertNothingLeft(): void {
  const left = read(["--namespace", NAMESPACE, KINDS, `--selector=${DEPLOYMENT_LABEL}`]).items;
  const names = left.map(({ kind, metadata }: Resource) => `${kind} ${metadata.name}`);
  if (names.length > 0) throw new Error(`Something is left in the cluster: ${names.join(", ")}`);
}

async function onCluster(measure: (cluster: Cluster) => Promise<Table>): Promise<Table> {
  const cache = await cacheFolder(process.env);
  const parts = await ensureParts(cache, process.env);
  const cluster = await step(`Starting a cluster of ${CLUSTER.nodes} nodes`, () =>
    startCluster({ parts, cache, ...CLUSTER }),
  );
  use({ kubeconfig: cluster.kubeconfig, kubectl: parts.kubectl });
  try {
    return await measure(cluster);
  } finally {
    await cluster.stop();
  }
}

interface Lives {
  readonly rounds: number;
  readonly settings?: Readonly<Record<string, string>>;
}

async function lives(image: string, { rounds, settings = {} }: Lives): Promise<Table> {
  const berth = await startClusterBerth(SLICE, NAMESPACE, {
    BERTH_ASSISTANT_IMAGE: image,
    BERTH_CONCURRENCY: "1",
    ...settings,
  });
  const [ours, plain, bare]: [Times[], Times[], Times[]] = [[], [], []];
  try {
    const [place] = berth.installation.settings.places as [KubernetesPlace];
    // The others get copies of what it has.
    const model = await preparedSlot(berth);
    await timed(berth, model, "activate");
    const objects = objectsOf(NAMESPACE, model);
    const given = (await readSecret(connect(place), model)) ?? {};
    await timed(berth, model, "delete");
    for (let round = 0; round < rounds; round++) {
      plain.push(await lifeByScript(berth.environment, { place, given, image, round }));
      bare.push(await lifeByKubectl(NAMESPACE, model, objects));
      ours.push(await life(berth));
    }
  } finally {
    await endClusterBerth(berth, NAMESPACE);
  }
  const of = (times: readonly Times[], step: keyof Times) => median(times.map((round) => round[step]));
  const contenders = ["Berth: HTTP call → status", "plain script", "ratio", "`kubectl`", "ratio"];
  return [
    [`p50 of ${rounds} rounds, ${CLUSTER.nodes} nodes`, ...contenders],
    ...STEPS.map((step) => {
      const [mine, script, kubectl] = [of(ours, step), of(plain, step), of(bare, step)];
      return [step, ms(mine), ms(script), ratio(mine, script), ms(kubectl), ratio(mine, kubectl)];
    }),
  ];
}

interface Script {
  readonly place: KubernetesPlace;
  /** Values of its Secret, which is there before the clock starts: the program makes none. */
  readonly given: Readonly<Record<string, string>>;
  readonly image: string;
  readonly round: number;
}

async function lifeByScript(
  settings: Readonly<Record<string, string>>,
  { place, given, image, round }: Script,
): Promise<Times> {
  const cluster = connect(place);
  const id = `bench-${round}`;
  const config = {
    target: "kubernetes",
    place: JSON.stringify(place),
    volume: volumeText(place, claimOf(id, undefined)),
    settings: given[SETTINGS_KEY] ?? "",
    operation: "",
    memoryMib: settings.BERTH_MEMORY_MIB ?? "",
    cpus: settings.BERTH_CPUS ?? "",
    startupTimeoutSeconds: settings.BERTH_STARTUP_TIMEOUT ?? "",
  };
  await putSecret(cluster, id, given);
  try {
    return await (await plainScript<Times>("lives", { image, place: round, config })).go();
  } finally {
    await removeSecrets(cluster, id);
  }
}
