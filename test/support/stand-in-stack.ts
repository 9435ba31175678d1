// A Pulumi stack of a test, run by the real engine with the stand-in plugins, its state in a temporary folder.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import * as auto from "@pulumi/pulumi/automation/index.js";

const STAND_INS = fileURLToPath(new URL("../../infra/toolchain/stand-ins/bin", import.meta.url));
const BINARIES = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));

const COMPILED = fileURLToPath(new URL("../../node_modules/.cache/node", import.meta.url));

/** What the engine decided for one resource. */
export interface Step {
  readonly resource: string;
  readonly op: string;
  readonly diffs?: readonly string[];
  readonly replaceKeys?: readonly string[];
}

export interface Outcome {
  readonly steps: readonly Step[];
  /** What went wrong, in the words of the plugin and the engine; undefined when nothing did. */
  readonly error?: string;
}

export interface StandInStack {
  readonly stack: Stack;
  preview(program: PulumiFn): Promise<Outcome>;
  up(
    program: PulumiFn,
    options?: { readonly refresh?: boolean; readonly signal?: AbortSignal },
  ): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  close(): Promise<void>;
}

/** Environment of the plain CLI and of the SDK alike. */
export function standInEnvironment(stateFolder: string): Record<string, string> {
  return {
    PATH: [STAND_INS, BINARIES, process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_HOME: join(stateFolder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "only for tests",
    // As operations have them.
    NODE_COMPILE_CACHE: COMPILED,
    GOGC: "400",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: "1",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "1",
  };
}

export async function standInStack(stackName: string): Promise<StandInStack> {
  const folder = await mkdtemp(join(tmpdir(), "berth-stand-in-"));
  const stack = await auto.LocalWorkspace.createStack(
    { stackName, projectName: "stand-in", program: async () => {} },
    { envVars: standInEnvironment(folder) },
  );
  // The SDK asks the CLI three times more after each operation, for what no test looks at.
  stack.workspace.stackOutputs = async () => ({});
  stack.info = async () => undefined;
  return {
    stack,
    preview: (program) => watch((onEvent) => stack.preview({ program, onEvent })),
    up: (program, options) => watch((onEvent) => stack.up({ program, onEvent, ...options })),
    destroy: () => watch((onEvent) => stack.destroy({ onEvent })),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function watch(
  run: (onEvent: (event: auto.EngineEvent) => void) => Promise<unknown>,
): Promise<Outcome> {
  const steps: Step[] = [];
  const errors: string[] = [];
  const onEvent = ({ resourcePreEvent, diagnosticEvent }: auto.EngineEvent) => {
    if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message);
    const step = resourcePreEvent && toStep(resourcePreEvent.metadata);
    if (step) steps.push(step);
  };
  try {
    await run(onEvent);
    return { steps: inOrder(steps) };
  } catch (error) {
    return { steps: inOrder(steps), error: errors.join("\n") || String(error) };
  }
}

/** Steps that say nothing about the plugin's answer are left out, as in the official record. */
function toStep({ type, op, diffs, keys }: auto.StepEventMetadata): Step | undefined {
  if (/^pulumi:/.test(type) || ["same", "delete-replaced", "create-replacement"].includes(op))
    return undefined;
  return {
    resource: type.split(":").at(-1) ?? type,
    op,
    ...(diffs?.length && { diffs: [...diffs].sort() }),
    ...(keys?.length && { replaceKeys: [...keys].sort() }),
  };
}

/** The engine works on several resources at once: their order is not an answer. */
function inOrder(steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => (a.resource + a.op < b.resource + b.op ? -1 : 1));
}
