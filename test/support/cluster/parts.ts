// The programs of a real cluster: Kubernetes and the policy engine from their Go modules, the rest from Debian. Built
// or downloaded once for this user.
import { createHash } from "node:crypto";
import { readdir, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasApt } from "../../../infra/toolchain/apt.ts";
import { cached } from "../../../infra/toolchain/cache.ts";
import { goBuild } from "../../../infra/toolchain/go-build.ts";
import { SetupError, stepWithAdvice } from "../../../infra/toolchain/progress.ts";
import { run } from "../../../infra/toolchain/run.ts";

const KUBERNETES_VERSION = "1.34.4";
const POLICY_ENGINE_VERSION = "2.1.0";
const PROGRAMS = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl"];
const PACKAGES = [
  "containerd",
  "containernetworking-plugins",
  "etcd-client",
  "etcd-server",
  "ipset",
  "iptables",
  "libipset13",
  "libmnl0",
  "libnftnl11",
  "libseccomp2",
  "libxtables12",
  "runc",
];
/** Debian leaves these names to its alternatives, which unpacking does not set. */
const TABLES = [
  "iptables",
  "iptables-save",
  "iptables-restore",
  "ip6tables",
  "ip6tables-save",
  "ip6tables-restore",
];
const ADVICE = "The cluster of the tests needs Linux, root, Debian's packages and Go 1.26 or newer.";
const GO_FOLDERS = ["/usr/local/go/bin", "/usr/lib/go/bin"];

export interface Parts {
  /** PATH on the cluster's machines. */
  readonly searchPath: string;
  /** Of Debian's libraries that this host may lack. */
  readonly libraries: string;
  readonly cniPlugins: string;
  readonly pause: string;
  readonly kubectl: string;
}

/** @throws SetupError */
export async function ensureParts(cache: string, inherited: NodeJS.ProcessEnv): Promise<Parts> {
  const environment = { ...inherited, PATH: [inherited.PATH, ...GO_FOLDERS].join(delimiter) };
  const build = (name: string, folder: string, packages: readonly string[], options = {}) =>
    cached(cache, name, (unfinished) =>
      goBuild(
        {
          what: `Building ${name} from its Go module`,
          advice: ADVICE,
          module: fileURLToPath(new URL(folder, import.meta.url)),
          packages,
          ...options,
        },
        unfinished,
        environment,
      ),
    );
  const debian = await debianParts(cache, environment);
  const pause = await build("kubernetes-pause", "./pause", ["."], { isStatic: true });
  const kubernetes = await build(
    `kubernetes-${KUBERNETES_VERSION}`,
    "./kubernetes",
    PROGRAMS.map((name) => `k8s.io/kubernetes/cmd/${name}`),
    { variables: versionVariables() },
  );
  const engine = "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router";
  const policyEngine = await build(`kube-router-${POLICY_ENGINE_VERSION}`, "./policy-engine", [engine]);
  const system = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  const unpacked = ["usr/bin", "usr/sbin"].map((folder) => join(debian, folder));
  return {
    searchPath: [kubernetes, policyEngine, ...unpacked, ...system].join(delimiter),
    libraries: join(debian, "usr/lib", process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu"),
    cniPlugins: join(debian, "usr/lib/cni"),
    pause: join(pause, "pause"),
    kubectl: join(kubernetes, "kubectl"),
  };
}

function versionVariables(): Record<string, string> {
  const [major, minor] = KUBERNETES_VERSION.split(".");
  const values = { gitVersion: `v${KUBERNETES_VERSION}`, gitMajor: major, gitMinor: minor };
  const modules = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  const entries = modules.flatMap((module) =>
    Object.entries(values).map(([name, value]) => [`${module}.${name}`, value ?? ""] as const),
  );
  return Object.fromEntries(entries);
}

/** Unpacked, not installed: no service of theirs starts on this host. apt has verified them. */
async function debianParts(cache: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const what = "Getting containerd, etcd and network plugins from Debian";
  if (!(await hasApt())) throw new SetupError(what, "this is no Debian, or you are not root.", ADVICE);
  const name = `kubernetes-debian-${createHash("sha256").update(PACKAGES.join()).digest("hex").slice(0, 8)}`;
  return cached(cache, name, (cwd) =>
    stepWithAdvice(what, ADVICE, async (report) => {
      await run("apt-get", ["update"], { environment, onLine: report });
      await run("apt-get", ["download", ...PACKAGES], { cwd, environment, onLine: report });
      for (const name of (await readdir(cwd)).filter((file) => file.endsWith(".deb")))
        await run("dpkg-deb", ["-x", name, "."], { cwd });
      for (const name of TABLES) await symlink("xtables-nft-multi", join(cwd, "usr/sbin", name));
    }),
  );
}
