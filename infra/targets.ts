// THE table of targets: the only file that names them all. A target's code is loaded only where that target is used.
import { AWS_ERROR_TEXTS } from "./aws/error-texts.ts";
import { awsCapabilities } from "./aws/place.ts";
import { KUBERNETES_ERROR_TEXTS } from "./kubernetes/error-texts.ts";
import { kubernetesCapabilities } from "./kubernetes/place.ts";
import type { Capabilities, Place, Target } from "./target.ts";
import type { Needs, TargetRow } from "./target-row.ts";
import { pluginVersion } from "./toolchain/versions.ts";

/** By their names, as BERTH_TARGET has them. A test may add one of its own. */
export const TARGETS = new Map<string, TargetRow>([
  [
    "docker",
    {
      defaults: { cpus: 2, startupTimeoutSeconds: 300 },
      needs: {
        dockerEngine: true,
        plugins: [
          {
            name: "docker",
            executable: "pulumi-resource-docker",
            version: pluginVersion("@pulumi/docker"),
            hasStandIn: true,
          },
        ],
      },
      capabilities: () => ({
        addresses: true,
        dataLimit: true,
        calls: true,
        rehearsal: true,
        preboot: true,
        backups: true,
      }),
      errorTexts: [],
      load: () => import("./docker/target.ts"),
      loadPrograms: async () => (await import("./docker/programs.ts")).residents(),
      loadStack: () => import("./docker/stack.ts"),
    },
  ],
  [
    "aws",
    {
      // With the default of memory Fargate has one CPU and no two; and it pulls the whole image for every start.
      defaults: { cpus: 1, startupTimeoutSeconds: 900 },
      needs: {
        dockerEngine: false,
        optionalPackages: ["@aws-sdk/", "@pulumi/aws"],
        variables: ["AWS_"],
        plugins: [
          {
            name: "aws",
            executable: "pulumi-resource-aws",
            version: pluginVersion("@pulumi/aws"),
            hasStandIn: false,
          },
        ],
      },
      errorTexts: AWS_ERROR_TEXTS,
      capabilities: awsCapabilities,
      load: () => import("./aws/target.ts"),
      loadStack: () => import("./aws/stack.ts"),
    },
  ],
  [
    "kubernetes",
    {
      // A node may have to pull the whole image first.
      defaults: { cpus: 1, startupTimeoutSeconds: 600 },
      needs: {
        dockerEngine: false,
        optionalPackages: ["@kubernetes/", "@pulumi/kubernetes"],
        variables: ["KUBECONFIG", "KUBERNETES_"],
        plugins: [
          {
            name: "kubernetes",
            executable: "pulumi-resource-kubernetes",
            version: pluginVersion("@pulumi/kubernetes"),
            hasStandIn: false,
          },
        ],
      },
      errorTexts: KUBERNETES_ERROR_TEXTS,
      capabilities: kubernetesCapabilities,
      load: () => import("./kubernetes/target.ts"),
      loadPrograms: async () => (await import("./kubernetes/programs.ts")).residents(),
      loadStack: () => import("./kubernetes/stack.ts"),
    },
  ],
]);

/** @throws Error that names the targets that there are */
export function targetNamed(name: string): TargetRow {
  const row = TARGETS.get(name);
  if (row) return row;
  throw new Error(`Unknown target "${name}". Known targets: ${[...TARGETS.keys()].join(", ")}.`);
}

/** What all of these targets need together. */
export function needsOf(names: readonly string[]): Needs {
  const all = names.map((name) => targetNamed(name).needs);
  return {
    dockerEngine: all.some(({ dockerEngine }) => dockerEngine),
    optionalPackages: all.flatMap(({ optionalPackages = [] }) => optionalPackages),
    variables: all.flatMap(({ variables = [] }) => variables),
    plugins: all.flatMap(({ plugins }) => plugins),
  };
}

/** The names of the targets of these places, each once, in their order. */
export function targetsOf(places: readonly Pick<Place, "target">[]): string[] {
  return [...new Set(places.map(({ target }) => target))];
}

export function capabilitiesOf(place: Place): Capabilities {
  return targetNamed(place.target).capabilities(place);
}

const opened = new WeakMap<Place, Promise<Target>>();

/** What is at a place. It is opened once: what it remembers, such as a measurement, is for all that ask. */
export async function openTarget(place: Place): Promise<Target> {
  const known = opened.get(place);
  if (known) return known;
  const target = targetNamed(place.target)
    .load()
    .then(({ open }) => open(place));
  opened.set(place, target);
  return target;
}
