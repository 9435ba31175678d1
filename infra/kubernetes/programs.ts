// The small programs that a stack's command resources run, by the names of their files in commands/. For the plain CLI each is
// a process of its own; the process of an operation, which has loaded them already, runs them itself.
import { remarkLine, remarksIn } from "../assistant/remarks.mjs";
import type { ProgramEnd, Programs } from "../target-row.ts";
import { applySettings, type Wanted } from "./apply-settings.ts";
import { type Cluster, connect, wordsOf } from "./client.ts";
import { podName, SETTINGS_WRITER, secretName } from "./names.ts";
import type { KubernetesPlace } from "./place.ts";
import { removeSecrets } from "./secret.ts";
import { type Asked, settle } from "./settlement.ts";

/** Each takes what it reads on stdin, and says in its end why it has failed. */
export const programs = {
  /** A pod that runs takes its new settings, if it can. */
  "apply-settings": (input: string) =>
    ending(async () => {
      const wanted: Wanted & { readonly place: KubernetesPlace } = JSON.parse(input);
      return applySettings(connect(wanted.place), wanted);
    }),
  /** Ends well only when the cluster runs what was asked for, with what was remarked. */
  settled: (input: string) =>
    ending(async () => {
      const asked: Asked & { readonly place: KubernetesPlace } = JSON.parse(input);
      const cluster = connect(asked.place);
      await settle(cluster, asked);
      return asked.replicas === 1 ? concluded(cluster, asked.deploymentId) : "";
    }),
};

/** All of them, by the paths by which commands name them. */
export function residents(): Programs {
  const byPath = Object.entries(programs).map(([name, run]) => [`infra/kubernetes/commands/${name}.ts`, run]);
  return Object.fromEntries(byPath);
}

/** What its settings' writer has remarked, a line each. */
async function concluded(cluster: Cluster, deploymentId: string): Promise<string> {
  const { core, namespace } = cluster;
  const name = podName(deploymentId);
  const [log] = await Promise.all([
    core
      .readNamespacedPodLog({ name, namespace, container: SETTINGS_WRITER, tailLines: 20 })
      // Without them nothing is known, and nothing is wrong.
      .catch(() => ""),
    // Those of a version before: nothing uses them any more.
    removeSecrets(cluster, deploymentId, secretName(deploymentId)),
  ]);
  return remarksIn(String(log ?? ""))
    .map((remark) => `${remarkLine(remark)}\n`)
    .join("");
}

async function ending(run: () => Promise<string>): Promise<ProgramEnd> {
  try {
    return { exitCode: 0, stdout: await run(), stderr: "" };
  } catch (error) {
    return { exitCode: 1, stdout: "", stderr: `${wordsOf(error)}\n` };
  }
}
