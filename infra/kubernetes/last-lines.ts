// The last lines that an assistant has written, or the program before it, for the end of an error.
import { ownWords } from "../assistant/own-words.ts";
import type { Cluster } from "./client.ts";
import { ASSISTANT, SETTINGS_WRITER } from "./names.ts";

const LINES = 20;
/** The kubelet counts from the first of these lines: with less, the very last one could be cut off. */
const MOST_BYTES = 1024 * 1024;

/** They may hold secrets; empty if nothing was written. */
export async function lastLines(cluster: Cluster, pod: string): Promise<string> {
  for (const container of [ASSISTANT, SETTINGS_WRITER])
    for (const previous of [false, true]) {
      const text = await read(cluster, { pod, container, previous }).catch(() => "");
      if (text !== "") return ownWords(text);
    }
  return "";
}

async function read(
  { core, namespace }: Cluster,
  { pod, ...of }: { readonly pod: string; readonly container: string; readonly previous: boolean },
): Promise<string> {
  const bounds = { tailLines: LINES, limitBytes: MOST_BYTES };
  return String((await core.readNamespacedPodLog({ name: pod, namespace, ...of, ...bounds })) ?? "");
}
