// Run by the stack's command resource: ends well only when the cluster runs what was asked for, with what was remarked.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { json } from "node:stream/consumers";
import { remarkLine, remarksIn } from "../../assistant/remarks.mjs";
import { connect, wordsOf } from "../client.ts";
import { podName, SETTINGS_WRITER, secretName } from "../names.ts";
import type { KubernetesPlace } from "../place.ts";
import { removeSecrets } from "../secret.ts";
import { type Asked, settle } from "../settlement.ts";

interface Stdin extends Asked {
  readonly place: KubernetesPlace;
}

try {
  const asked = (await json(process.stdin)) as Stdin;
  const cluster = connect(asked.place);
  await settle(cluster, asked);
  if (asked.replicas === 1) {
    const name = podName(asked.deploymentId);
    const { namespace } = cluster;
    const log = await cluster.core
      .readNamespacedPodLog({ name, namespace, container: SETTINGS_WRITER, tailLines: 20 })
      // Without them nothing is known, and nothing is wrong.
      .catch(() => "");
    for (const remark of remarksIn(String(log ?? ""))) process.stdout.write(`${remarkLine(remark)}\n`);
    // Those of a version before: nothing uses them any more.
    await removeSecrets(cluster, asked.deploymentId, secretName(asked.deploymentId));
  }
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}
