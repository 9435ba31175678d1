// What an administrator of the cluster applies once: the namespace, and the least rights that Berth needs in it. Pure.
// Berth needs nothing of the cluster's beside it.

/** Resources by API group, with what Berth does to them. */
export const RIGHTS: readonly {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}[] = [
  { group: "", resources: ["namespaces"], verbs: ["get"] },
  {
    group: "",
    resources: ["persistentvolumeclaims", "serviceaccounts"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
  },
  {
    group: "apps",
    resources: ["statefulsets"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
  },
  {
    group: "networking.k8s.io",
    resources: ["networkpolicies"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
  },
  { group: "", resources: ["secrets"], verbs: ["get", "list", "create", "update", "delete"] },
  { group: "", resources: ["pods"], verbs: ["get", "list", "watch", "create", "patch", "delete"] },
  { group: "", resources: ["pods/log", "events"], verbs: ["get", "list", "watch"] },
  // An exec is a GET for a WebSocket; servers before 1.35 take that for all that it needs.
  { group: "", resources: ["pods/exec", "pods/portforward"], verbs: ["get", "create"] },
  { group: "metrics.k8s.io", resources: ["pods"], verbs: ["get", "list"] },
];

const NAME = "berth";

/** YAML, of objects that `kubectl apply` takes. */
export function manifest(namespace: string): string {
  const metadata = `metadata:\n  name: ${NAME}\n  namespace: ${namespace}`;
  const documents = [
    `apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/enforce-version: latest`,
    `# Berth's own account: bind other users or groups to the role below where it runs outside of the cluster.
apiVersion: v1
kind: ServiceAccount
${metadata}`,
    `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
${metadata}
rules:
${RIGHTS.map(rule).join("\n")}`,
    `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
${metadata}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ${NAME}
subjects:
  - kind: ServiceAccount
    name: ${NAME}
    namespace: ${namespace}`,
  ];
  return `${documents.join("\n---\n")}\n`;
}

function rule({ group, resources, verbs }: (typeof RIGHTS)[number]): string {
  return `  - apiGroups: ["${group}"]
    resources: [${resources.map((name) => `"${name}"`).join(", ")}]
    verbs: [${verbs.map((name) => `"${name}"`).join(", ")}]`;
}
