// `npm run bench`: every contender in one run, medians and ratios. Tiny image, real engine, real CLI.
// `npm run bench -- reads growth` runs only these sections.

import { needsOf } from "../../infra/targets.ts";
import { printFailure } from "../../infra/toolchain/progress.ts";
import { setUp } from "../../infra/toolchain/setup.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";
import { conversation } from "./conversation.ts";
import { counting } from "./counting.ts";
import { crowd } from "./crowd.ts";
import { dashboard } from "./dashboard.ts";
import { gateway } from "./gateway.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { kubernetes, kubernetesMany, kubernetesOpenClaw, kubernetesTrace } from "./kubernetes.ts";
import { lean } from "./lean.ts";
import { lifecycle } from "./lifecycle.ts";
import { many } from "./many.ts";
import { openclaw } from "./openclaw.ts";
import { plugins } from "./plugins.ts";
import { reads } from "./reads.ts";
import { saturation } from "./saturation.ts";
import { scale, scaleEmbedded } from "./scale.ts";
import { streams } from "./streams.ts";
import { table } from "./table.ts";
import { trace } from "./trace.ts";

const SECTIONS = {
  lifecycle,
  plugins,
  trace,
  lean,
  saturation,
  reads,
  growth,
  openclaw,
  conversation,
  idle,
  crowd,
  many,
  gateway,
  counting,
  streams,
  dashboard,
  scale,
  "scale-embedded": scaleEmbedded,
  kubernetes,
  "kubernetes-trace": kubernetesTrace,
  "kubernetes-many": kubernetesMany,
  "kubernetes-openclaw": kubernetesOpenClaw,
};

/** What brings its own, which runs nothing. */
const WITHOUT_ENGINE: readonly string[] = ["scale", "scale-embedded"];
/** Measured where it is asked for alone: it needs root, and builds Kubernetes first. */
const ON_CLUSTER: readonly string[] = [
  "kubernetes",
  "kubernetes-trace",
  "kubernetes-many",
  "kubernetes-openclaw",
];

try {
  const asked = process.argv.slice(2);
  const isWanted = (name: string) => (asked.length === 0 ? !ON_CLUSTER.includes(name) : asked.includes(name));
  const sections = Object.entries(SECTIONS).filter(([name]) => isWanted(name));
  const dockerEngine = sections.some(([name]) => !WITHOUT_ENGINE.includes(name));
  const targets = sections.some(([name]) => ON_CLUSTER.includes(name))
    ? ["docker", "kubernetes"]
    : ["docker"];
  const { searchPath } = await setUp({
    environment: process.env,
    needs: { ...needsOf(targets), dockerEngine },
  });
  process.env.PATH = searchPath;
  const healthy = dockerEngine ? (await ensureTinyImages()).healthy : "";
  for (const [, measure] of sections) console.log(`\n${table(await measure(healthy))}`);
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}
