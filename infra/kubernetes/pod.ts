// The template of an assistant's pod, as plain data: the profile "restricted" of Kubernetes, and limits that are requests. Pure.
import {
  ASSISTANT_PORT,
  IMAGE_UID,
  namedEnvironment,
  STATE_PATH,
  STOP_TIMEOUT_SECONDS,
} from "../assistant/image-contract.ts";
import { HANDED_PATH } from "../assistant/openclaw.ts";
import { pluginFiles } from "../assistant/plugin-files.ts";
import { SETTINGS_PROGRAM } from "../assistant/program-text.ts";
import type { KubernetesArgs } from "./args.ts";
import {
  ASKED_ANNOTATION,
  ASSISTANT,
  accountName,
  hashOf,
  labels,
  SETTINGS_WRITER,
  SPEC_ANNOTATION,
  secretName,
} from "./names.ts";
import { PROGRAM_KEY, SETTINGS_KEY } from "./secret.ts";

/** Where a container that writes into the claim has it, and the folder in it that is the assistant's data. */
export const VOLUME_PATH = "/volume";
export const DATA_FOLDER = ".openclaw";
const SETTINGS_FILE = `${VOLUME_PATH}/${DATA_FOLDER}/openclaw.json`;
const MEMORY_PATH = "/memory";
const GIVEN_PATH = "/given";
const HANDED_FOLDER = `${MEMORY_PATH}/handed`;
/** The assistant's folders, its user's alone: those that the kubelet makes would be root's, or writable for all. */
const FOLDERS = [
  `${VOLUME_PATH}/${DATA_FOLDER}`,
  ...["tmp", "cache", "handed/plugin"].map((name) => `${MEMORY_PATH}/${name}`),
];
/**
 * Hands over what the Secret has, and the plugin, and writes the settings. Begun again in the same pod, it finds what it has made.
 * The Secret has it, too: as an argument it would be in the set, its revisions, the pod, the stack's state and every watch.
 */
export const HAND_OVER_PROGRAM = `import fs from "node:fs";
for (const folder of ${JSON.stringify(FOLDERS)}) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
const put = (path, text, mode) => {
  fs.rmSync(path, { force: true });
  fs.writeFileSync(path, text, { mode });
};
for (const { name, text } of ${JSON.stringify(pluginFiles())}) put("${HANDED_FOLDER}/plugin/" + name, text, 0o444);
for (const name of fs.readdirSync("${GIVEN_PATH}").filter((name) => /^[0-9a-f]+[.]json$/.test(name)))
  put("${HANDED_FOLDER}/" + name, fs.readFileSync("${GIVEN_PATH}/" + name), 0o400);
process.argv.splice(2, 0, fs.readFileSync("${GIVEN_PATH}/${SETTINGS_KEY}", "utf8"));
${SETTINGS_PROGRAM}`;
const MEMORY_SIZE = "512Mi";
/** Of the node's disk: logs and what the kubelet keeps for the pod. Its own file system can't be written. */
const EPHEMERAL_STORAGE = "1Gi";

export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: IMAGE_UID,
  runAsGroup: IMAGE_UID,
  seccompProfile: { type: "RuntimeDefault" },
};

export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: IMAGE_UID,
  runAsGroup: IMAGE_UID,
  fsGroup: IMAGE_UID,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/** The value of a StatefulSet's `template`, with the hash of itself, and of that and what its pod is given. */
export function podTemplate(deploymentId: string, args: KubernetesArgs) {
  const spec = podSpec(deploymentId, args);
  const annotations = {
    [ASKED_ANNOTATION]: hashOf([spec, HAND_OVER_PROGRAM, args.settings]),
    [SPEC_ANNOTATION]: hashOf([spec, HAND_OVER_PROGRAM]),
  };
  return { metadata: { labels: labels(deploymentId), annotations }, spec };
}

function podSpec(deploymentId: string, args: KubernetesArgs) {
  return {
    serviceAccountName: accountName(deploymentId),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(args.place.runtimeClass !== null && { runtimeClassName: args.place.runtimeClass }),
    terminationGracePeriodSeconds: STOP_TIMEOUT_SECONDS,
    // The pod's own first process is then the init, which an image need not have: without one, a program may ignore SIGTERM.
    shareProcessNamespace: true,
    securityContext: RESTRICTED_POD,
    initContainers: [settingsContainer(args)],
    containers: [assistantContainer(args)],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: args.claim } },
      { name: "memory", emptyDir: { medium: "Memory", sizeLimit: MEMORY_SIZE } },
      { name: "given", secret: { secretName: secretName(deploymentId), defaultMode: 0o440 } },
    ],
  };
}

function settingsContainer(args: KubernetesArgs) {
  const { image, settingsRefused } = args;
  return {
    name: SETTINGS_WRITER,
    image,
    command: ["node", "--input-type=module", "-e", `await import('${GIVEN_PATH}/${PROGRAM_KEY}')`],
    args: [SETTINGS_FILE, ...(settingsRefused ? [settingsRefused] : [])],
    resources: resources(args),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [
      { name: "data", mountPath: VOLUME_PATH },
      { name: "memory", mountPath: MEMORY_PATH },
      { name: "given", mountPath: GIVEN_PATH, readOnly: true },
    ],
  };
}

function assistantContainer(args: KubernetesArgs) {
  const get = (path: string) => ({ httpGet: { path, port: ASSISTANT_PORT } });
  return {
    name: ASSISTANT,
    image: args.image,
    env: namedEnvironment(args.memoryMib),
    ports: [{ name: "gateway", containerPort: ASSISTANT_PORT, protocol: "TCP" }],
    resources: resources(args),
    securityContext: RESTRICTED_CONTAINER,
    // While it starts only the first one is asked; after that, silence for a minute and a half ends it.
    startupProbe: { ...get("/startupz"), periodSeconds: 1, timeoutSeconds: 5, ...attempts(args) },
    readinessProbe: { ...get("/startupz"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...get("/healthz"), periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 3 },
    volumeMounts: [
      { name: "data", mountPath: STATE_PATH, subPath: DATA_FOLDER },
      { name: "memory", mountPath: "/tmp", subPath: "tmp" },
      { name: "memory", mountPath: "/home/node/.cache", subPath: "cache" },
      // Other secrets are put there while it runs.
      { name: "memory", mountPath: HANDED_PATH, subPath: "handed" },
      { name: "memory", mountPath: `${HANDED_PATH}/plugin`, subPath: "handed/plugin", readOnly: true },
    ],
  };
}

function attempts({ startupTimeoutSeconds }: KubernetesArgs) {
  return { failureThreshold: Math.ceil(startupTimeoutSeconds) };
}

/** Requests that are the limits: what a pod was given no other takes, and the kernel ends it last. */
function resources({ cpus, memoryMib }: KubernetesArgs) {
  const amounts = {
    cpu: `${Math.round(cpus * 1000)}m`,
    memory: `${memoryMib}Mi`,
    "ephemeral-storage": EPHEMERAL_STORAGE,
  };
  return { limits: amounts, requests: amounts };
}
