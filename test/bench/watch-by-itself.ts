// What watching a namespace takes of a core, in a process that does nothing else. Its database has a record of each
// StatefulSet of the cluster: active where that is to run a pod, stopped where not. Started by kubernetes.ts.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { connect } from "../../infra/kubernetes/client.ts";
import { readNamespaceUid } from "../../infra/kubernetes/find-places.ts";
import { DEPLOYMENT_LABEL } from "../../infra/kubernetes/names.ts";
import type { KubernetesPlace } from "../../infra/kubernetes/place.ts";
import { DEFAULT_ACCOUNT_ID } from "../../stacks/accounts/accounts.ts";
import type { Sql } from "../../stacks/database/database.ts";
import { SecretBox } from "../../stacks/secret.ts";
import { watchNamespace } from "../../stacks/watch/kubernetes/watch.ts";
import { openEmptyDatabase } from "../support/empty-database.ts";
import { reported } from "../support/settled.ts";

const SECONDS = 60;
/** The first list, and what is compiled at the start, are over by then. */
const STARTED_WITHIN_MS = 20_000;

interface Member {
  readonly id: string;
  /** Of its StatefulSet; null if that is to run no pod. */
  readonly uid: string | null;
}

const [namespace = ""] = process.argv.slice(2);
const named = { target: "kubernetes", region: null, context: null, namespace } as const;
const cluster = connect(named);
const unused = { storageClass: null, dataSize: "1Gi", runtimeClass: null };
const place: KubernetesPlace = { ...named, ...unused, namespaceUid: await readNamespaceUid(cluster) };
const database = await openEmptyDatabase();
try {
  const members = await listMembers();
  // Of which the cluster has nothing: what is found of it shows that all were compared.
  const missing = { id: randomUUID(), uid: null };
  await insert(database.sql, [...members, missing]);
  const box = new SecretBox(Buffer.alloc(32));
  const settings = { dataDir: "/none", modelKeys: {}, places: [place] };
  const stop = watchNamespace({ sql: database.sql, box, settings, log: pino(process.stderr) }, place);
  await sleep(STARTED_WITHIN_MS);
  const before = process.cpuUsage();
  await sleep(SECONDS * 1000);
  const { user, system } = process.cpuUsage(before);
  await stop();
  await assertCompared(database.sql, missing.id);
  process.send?.((user + system) / 1e6 / SECONDS);
} finally {
  await database.close();
}
process.disconnect?.();

async function listMembers(): Promise<Member[]> {
  const asked = { namespace, labelSelector: DEPLOYMENT_LABEL };
  const { items } = await cluster.apps.listNamespacedStatefulSet(asked);
  return items.map(({ metadata, spec }) => ({
    id: metadata?.labels?.[DEPLOYMENT_LABEL] ?? "",
    uid: spec?.replicas === 0 ? null : (metadata?.uid ?? null),
  }));
}

async function insert(sql: Sql, members: readonly Member[]): Promise<void> {
  const stopped = { status: "stopped", replicas: 0, containerId: null };
  const rows = members.map(({ id, uid }) => ({
    ...{ id, account_id: DEFAULT_ACCOUNT_ID, api_mode: "byok" as const, checkout_id: randomUUID() },
    status: uid === null ? ("stopped" as const) : ("active" as const),
    outputs: JSON.stringify({ ...reported(id, null, uid ?? ""), ...(uid === null && stopped) }),
    updated_at: new Date(Date.now() - 60_000),
  }));
  await sql.insertInto("deployments").values(rows).execute();
}

/** @throws Error when anything but the one that is missing was found to differ */
async function assertCompared(sql: Sql, missing: string): Promise<void> {
  const found = await sql
    .selectFrom("deployments")
    .select(["id", "seen"])
    .where("seen", "is not", null)
    .execute();
  if (found.length === 1 && found[0]?.id === missing && found[0].seen?.state === "missing") return;
  throw new Error(`The watch found another thing than there is: ${JSON.stringify(found)}`);
}
