// `npm start`: sets up what is missing, serves, and stops in order.
// The first of all: it decides what dockerode loads.
import "../infra/toolchain/light-docker.ts";
import { flushCompileCache } from "node:module";
import { ensureAssistantImage } from "../infra/docker/images/ensure.ts";
import { needsOf, targetsOf } from "../infra/targets.ts";
import { noEngine, untilDockerAnswers } from "../infra/toolchain/docker-engine.ts";
import { printFailure } from "../infra/toolchain/progress.ts";
import { setUp } from "../infra/toolchain/setup.ts";
import { signInLine } from "./commands/sign-in.ts";
import { type Config, readConfig } from "./config/config.ts";
import { assertWritable } from "./config/writable.ts";
import { type Berth, startBerth } from "./server.ts";
import { handleUncaught } from "./uncaught.ts";
import { buildDashboard } from "./web-build.ts";

const SAME_SIGNAL_MS = 1_000;

try {
  const config = readConfig();
  await assertWritable(config);
  const needs = needsOf(targetsOf(config.places));
  let hasEngine = true;
  const onNoEngine = (error: Error) => {
    hasEngine = false;
    console.warn(noEngine(error));
  };
  const toolchain = await setUp({ environment: config.environment, needs, onNoEngine });
  if (hasEngine) await ensureImage(config);
  else
    void untilDockerAnswers(config.environment)
      .then(() => ensureImage(config))
      .catch(printFailure);
  const berth = await startBerth(config, toolchain, { dashboard: await findDashboard(config) });
  handleUncaught(berth.log);
  await greet(config, berth);
  stopOnSignal(berth);
  // Node keeps what it has compiled when it ends; one that is killed would keep nothing, and start slower each time.
  flushCompileCache();
} catch (error) {
  printFailure(error);
  process.exitCode = 1;
}

async function ensureImage({ role, places, stacks, environment }: Config): Promise<void> {
  if (role === "api" || role === "gateway" || !needsOf(targetsOf(places)).dockerEngine) return;
  await ensureAssistantImage(stacks.assistantImage, { environment, logins: stacks.logins });
}

/** Undefined where this process serves none, or where it can't be built: the API works without it. */
async function findDashboard({ role, environment }: Config): Promise<string | undefined> {
  if (role === "worker" || role === "gateway") return undefined;
  try {
    return await buildDashboard(environment);
  } catch (error) {
    printFailure(error);
    return undefined;
  }
}

async function greet(config: Config, { url, apiKey, makeSignInLink }: Berth): Promise<void> {
  const { role, missing, stacks } = config;
  if (role === "worker" || role === "gateway") {
    console.log(role === "worker" ? "Berth works on operations." : "Berth passes requests on to models.");
    return;
  }
  const key = apiKey.isNew ? apiKey.value : "<YOUR_API_KEY>";
  console.log(`Berth serves on ${url}`);
  if (apiKey.isNew) console.log(`Your API key, shown this once: ${key}  (also in ${stacks.dataDir}/api-key)`);
  console.log(await signInLine(apiKey.isNew || process.stdout.isTTY, makeSignInLink));
  if (missing.length > 0)
    console.warn(
      `BERTH_PAYMENTS=polar is not set up, and what needs it answers PAYMENT_NOT_CONFIGURED. Missing: ${missing.join(", ")}.`,
    );
  console.log(`Buy a first slot:
  curl -X POST ${url}/api/v1/assistants/purchase -H "X-API-Key: ${key}" -H "Content-Type: application/json" -d '{"apiMode":"byok"}'`);
}

/** The first signal lets running operations finish; a later one ends at once. */
function stopOnSignal(berth: Berth): void {
  let stoppingSince: number | undefined;
  const stop = () => {
    // Ctrl-C arrives twice: from the terminal, and passed on by the bootstrap.
    if (stoppingSince !== undefined && performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
    if (stoppingSince !== undefined) return;
    stoppingSince = performance.now();
    void berth.close().then(
      () => process.exit(0),
      (error: unknown) => {
        berth.log.error({ err: error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
}
