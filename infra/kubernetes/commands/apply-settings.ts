// Run by the stack's command resource, before its set changes: a pod that runs takes its new settings, if it can.
// The path of this file stands in the state of every stack: moved, it would be run once more by each stack's next update.
import { json } from "node:stream/consumers";
import { applySettings, type Wanted } from "../apply-settings.ts";
import { connect, wordsOf } from "../client.ts";
import type { KubernetesPlace } from "../place.ts";

try {
  const wanted = (await json(process.stdin)) as Wanted & { readonly place: KubernetesPlace };
  process.stdout.write(await applySettings(connect(wanted.place), wanted));
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}
