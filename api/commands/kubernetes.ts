// `npm run -s berth -- kubernetes …`: what the cluster lacks, and what its administrator applies. What imports the cluster's
// client is loaded only when its packages are installed.
import type { KubernetesNamespace } from "../../infra/kubernetes/place.ts";
import { targetNamed } from "../../infra/targets.ts";
import { installPackages } from "../../infra/toolchain/setup.ts";
import type { Config } from "../config/config.ts";

const MARKS = { ok: "ok", missing: "MISSING", unknown: "unknown" } as const;

/** Asks the cluster, and changes nothing. Its exit code is 1 if anything is missing. @throws Error where none is named */
export async function checkKubernetes(config: Config): Promise<void> {
  const place = placeOf(config);
  await installPackages(targetNamed("kubernetes").needs);
  const { checkCluster } = await import("../../infra/kubernetes/check.ts");
  const checks = await checkCluster(place);
  for (const { name, state, message } of checks) console.log(`${MARKS[state].padEnd(8)} ${name}: ${message}`);
  if (checks.some(({ state }) => state === "missing")) process.exitCode = 1;
}

/** YAML for `kubectl apply -f -`. Asks nobody. */
export async function printManifest(config: Config): Promise<void> {
  const { manifest } = await import("../../infra/kubernetes/manifest.ts");
  process.stdout.write(manifest(placeOf(config).namespace));
}

function placeOf({ kubernetes: [place] }: Config): KubernetesNamespace {
  if (!place) throw new Error("Set BERTH_TARGET=kubernetes first.");
  return place;
}
