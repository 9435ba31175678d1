// What a cluster lacks for Berth, found out by asking it. What has to be tried with pods is not: see docs/kubernetes.md.
import {
  AuthorizationV1Api,
  StorageV1Api,
  type V1ResourceAttributes,
  VersionApi,
} from "@kubernetes/client-node";
import { type Cluster, codeOf, connect, wordsOf } from "./client.ts";
import { readNamespaceUid } from "./find-places.ts";
import { RIGHTS } from "./manifest.ts";
import type { KubernetesNamespace } from "./place.ts";

/** The first minor version of Kubernetes 1 with streams that can be ended, by which data is put into a pod. */
const OLDEST_MINOR = 30;

export interface Check {
  readonly name: string;
  readonly state: "ok" | "missing" | "unknown";
  /** A sentence; what to do is in it. */
  readonly message: string;
}

/** @throws Error where no cluster is named */
export async function checkCluster(place: KubernetesNamespace): Promise<Check[]> {
  const cluster = connect(place);
  const version = await checked("API server", () => checkVersion(cluster));
  if (version.state === "missing") return [version];
  return Promise.all([
    version,
    checked("namespace", async () => ok(`It is there, with the uid ${await readNamespaceUid(cluster)}.`)),
    checked("rights", () => checkRights(cluster)),
    checked("storage class", () => checkStorage(cluster, place.storageClass)),
    checked("pod security", () => checkPodSecurity(cluster)),
    checked("network policy", async () => unknown(POLICY)),
  ]);
}

const POLICY =
  "Whether the cluster enforces network policies can't be read from it. Without an engine for them assistants reach each other, the nodes and private networks.";

type Outcome = Omit<Check, "name">;
const ok = (message: string): Outcome => ({ state: "ok", message });
const missing = (message: string): Outcome => ({ state: "missing", message });
const unknown = (message: string): Outcome => ({ state: "unknown", message });

async function checked(name: string, check: () => Promise<Outcome>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, ...missing(wordsOf(error)) };
  }
}

async function checkVersion({ config }: Cluster): Promise<Outcome> {
  const { major, minor, gitVersion } = await config.makeApiClient(VersionApi).getCode();
  const isOld = Number(major) === 1 && Number.parseInt(minor, 10) < OLDEST_MINOR;
  return isOld
    ? missing(`It is ${gitVersion}: Berth needs Kubernetes 1.${OLDEST_MINOR} or newer.`)
    : ok(`It is ${gitVersion}.`);
}

async function checkRights({ config, namespace }: Cluster): Promise<Outcome> {
  const api = config.makeApiClient(AuthorizationV1Api);
  const may = async (resourceAttributes: V1ResourceAttributes) => {
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
    const spec = { resourceAttributes };
    const { status } = await api.createSelfSubjectAccessReview({ body: { ...body, spec } });
    return status?.allowed === true;
  };
  const wanted = RIGHTS.flatMap(({ group, resources, verbs }) =>
    resources.flatMap((name) => verbs.map((verb) => ({ group, name, verb }))),
  );
  const refused: string[] = [];
  for (const { group, name, verb } of wanted) {
    const [resource = "", subresource] = name.split("/");
    const isAllowed = await may({ namespace, group, resource, verb, ...(subresource && { subresource }) });
    if (!isAllowed) refused.push(`${verb} ${name}`);
  }
  if (refused.length === 0) return ok("Berth may do all that it needs in the namespace.");
  return missing(
    `Berth may not ${refused.join(", ")}. Apply what \`npm run -s berth -- kubernetes manifest\` prints, and use its account.`,
  );
}

async function checkStorage({ config }: Cluster, wanted: string | null): Promise<Outcome> {
  try {
    const { items } = await config.makeApiClient(StorageV1Api).listStorageClass();
    const isDefault = "storageclass.kubernetes.io/is-default-class";
    const found = items.find(({ metadata }) =>
      wanted === null ? metadata?.annotations?.[isDefault] === "true" : metadata?.name === wanted,
    );
    if (found) return ok(`${found.metadata?.name} of ${found.provisioner} gives volumes.`);
    if (items.length === 0)
      return missing(
        "The cluster has no storage class. Its administrator has to install a driver that makes volumes.",
      );
    const names = items.map(({ metadata }) => metadata?.name).join(", ");
    const what = wanted === null ? "no default storage class" : `no storage class ${wanted}`;
    return missing(
      `The cluster has ${what}; it has ${names}. Set BERTH_KUBERNETES_STORAGE_CLASS to one of them.`,
    );
  } catch (error) {
    if (codeOf(error) !== 403) throw error;
    return unknown(
      "Berth may not read the cluster's storage classes, and needs not to. Ask its administrator.",
    );
  }
}

async function checkPodSecurity({ core, namespace }: Cluster): Promise<Outcome> {
  const { metadata } = await core.readNamespace({ name: namespace });
  const level = metadata?.labels?.["pod-security.kubernetes.io/enforce"];
  return level === "restricted"
    ? ok("The namespace enforces the profile restricted, which assistants keep to.")
    : missing(
        `The namespace enforces ${level ?? "no profile"}: whatever else may make pods there can reach the nodes. Label it pod-security.kubernetes.io/enforce=restricted.`,
      );
}
