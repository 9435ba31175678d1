// What an assistant's pod may reach, as the spec of a NetworkPolicy: DNS of the cluster, public addresses and the model
// gateway. Nothing may reach it: a kubelet's probes, and what goes through the API server to the pod, come past a policy. Pure.
import { NOT_PUBLIC_IPV4 } from "../not-public.ts";
import type { GatewayAddress } from "./args.ts";
import { DEPLOYMENT_LABEL } from "./names.ts";

/** Every address that an IPv6 host on the internet has lies in it: private, link-local and multicast ones do not. */
const PUBLIC_IPV6 = "2000::/3";
/** Documentation, and addresses that lead to an IPv4 address of any kind: Teredo and 6to4. */
const NOT_PUBLIC_IPV6 = ["2001::/32", "2001:db8::/32", "2002::/16"];
/** Every port but that of mail servers, 25. */
const PORTS = [
  { protocol: "TCP", port: 1, endPort: 24 },
  { protocol: "TCP", port: 26, endPort: 65_535 },
];

export function policySpec(deploymentId: string, gateway: GatewayAddress | undefined) {
  return {
    // The pods that get at its data, too: their programs are the image's.
    podSelector: { matchLabels: { [DEPLOYMENT_LABEL]: deploymentId } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
          },
        ],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
      {
        to: [
          { ipBlock: { cidr: "0.0.0.0/0", except: [...NOT_PUBLIC_IPV4] } },
          { ipBlock: { cidr: PUBLIC_IPV6, except: NOT_PUBLIC_IPV6 } },
        ],
        ports: PORTS,
      },
      ...(gateway
        ? [{ to: [{ ipBlock: { cidr: gateway.cidr } }], ports: [{ protocol: "TCP", port: gateway.port }] }]
        : []),
    ],
  };
}
