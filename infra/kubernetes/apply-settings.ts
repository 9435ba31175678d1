// New settings and secrets for an assistant that runs: put into its pod, and taken without an end. Where that can't be, nothing is
// done, and another pod takes its place.
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { STATE_PATH } from "../assistant/image-contract.ts";
import type { Json } from "../assistant/merge-settings.mjs";
import { HANDED_PATH } from "../assistant/openclaw.ts";
import { marked } from "../assistant/own-words.ts";
import { type Address, readSettingsState } from "../assistant/plugin-calls.ts";
import { SETTINGS_PROGRAM } from "../assistant/program-text.ts";
import { untilApplied } from "../assistant/until-applied.ts";
import { type Cluster, codeOf, inWords } from "./client.ts";
import { InsidePod } from "./inside-pod.ts";
import { ASKED_ANNOTATION, podName } from "./names.ts";
import { askedOf, isReady, specOf } from "./pod-state.ts";
import { readSecret, secretsFileIn } from "./secret.ts";
import { readPod } from "./settlement.ts";
import { wayInside } from "./way-inside.ts";

const FILE = `${STATE_PATH}/openclaw.json`;
/** Prints a file's bytes; nothing where it is none, or longer than what settings are written into. */
export const READ = `import fs from "node:fs";
const found = fs.statSync(process.argv[1], { throwIfNoEntry: false });
if (found?.isFile() && found.size <= 1024 * 1024) process.stdout.write(fs.readFileSync(process.argv[1], "base64"));`;
/** Writes bytes into the place of a file at once, also of one that a link leads to. */
const REPLACE = `import fs from "node:fs";
const [, path, mode, bytes] = process.argv;
const file = fs.existsSync(path) ? fs.realpathSync(path) : path;
fs.rmSync(file + ".new", { force: true });
fs.writeFileSync(file + ".new", Buffer.from(bytes, "base64"), { mode: parseInt(mode, 8) });
fs.renameSync(file + ".new", file);`;
/** Removes the files of secrets but one. */
const FORGET = `import fs from "node:fs";
const [, folder, kept] = process.argv;
for (const name of fs.readdirSync(folder))
  if (/^[0-9a-f]+[.]json$/.test(name) && name !== kept) fs.rmSync(folder + "/" + name);`;

export interface Wanted {
  readonly deploymentId: string;
  /** Hash of the pod with its settings, and of its spec alone. */
  readonly asked: string;
  readonly spec: string;
  readonly settings: Json;
}

/**
 * Has a pod that runs with that spec go by the settings, and says so on it.
 * @returns what there is to say to the customer
 * @throws Error when the assistant refuses them: it goes by the former ones then
 */
export async function applySettings(cluster: Cluster, wanted: Wanted): Promise<string> {
  const { deploymentId, asked, spec } = wanted;
  const pod = await readPod(cluster, deploymentId);
  if (!pod || !isReady(pod) || specOf(pod) !== spec || askedOf(pod) === asked) return "";
  const given = await readSecret(cluster, deploymentId);
  const file = secretsFileIn(given ?? {});
  const secrets = given?.[file ?? ""];
  if (!file || !secrets) return "";
  const { gateway: gatewayToken } = JSON.parse(secrets) as { readonly gateway: string };
  const address = { ...wayInside(cluster, deploymentId), gatewayToken };
  const state = await readSettingsState(address);
  if (state === "nobody" || state === "no answer") return "";
  const inside = new InsidePod(cluster, deploymentId);
  const before = await inside.run(READ, FILE);
  // What could not be put back is not touched.
  if (before === "") return "";
  await inside.run(REPLACE, `${HANDED_PATH}/${file}`, "400", Buffer.from(secrets).toString("base64"));
  const said = await take(inside, address, before, wanted);
  await inside.run(FORGET, HANDED_PATH, file);
  await markAsked(cluster, deploymentId, pod.metadata?.uid, asked);
  return said;
}

/** @throws Error when it refuses them: the former ones are put back */
async function take(
  inside: InsidePod,
  address: Address,
  before: string,
  { settings }: Wanted,
): Promise<string> {
  let said = "";
  const refusal = await untilApplied(address, async () => {
    said = await inside.run(SETTINGS_PROGRAM, FILE, JSON.stringify(settings));
  });
  if (refusal === undefined) return said;
  await inside.run(REPLACE, FILE, "600", before);
  throw new Error(`The running assistant refuses its new settings.\n${marked(refusal)}`);
}

/** That very pod: one that came meanwhile has read them by itself. */
async function markAsked(
  { core, namespace }: Cluster,
  deploymentId: string,
  uid: string | undefined,
  asked: string,
): Promise<void> {
  const body = { metadata: { uid, annotations: { [ASKED_ANNOTATION]: asked } } };
  const patch = { name: podName(deploymentId), namespace, body };
  await inWords(() =>
    core
      .patchNamespacedPod(patch, setHeaderOptions("Content-Type", PatchStrategy.MergePatch))
      .catch((error: unknown) => {
        if (codeOf(error) !== 404 && codeOf(error) !== 409) throw error;
      }),
  );
}
