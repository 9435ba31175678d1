// The one Pulumi program: the CLI runs it through index.ts, the API inline. It picks the target.
// A target's SDK takes up to a second to load, so it is loaded only where that target is used.
import * as pulumi from "@pulumi/pulumi";
import { type AssistantArgs, type Foundation, type SecretsReference, TARGETS, type Target } from "./args.ts";

/** Declares the resources of the selected stack from its config and returns the stack's outputs. */
export async function program(): Promise<Record<string, unknown>> {
  const args = readArgs(new pulumi.Config("berth"));
  const deploymentId = pulumi.getStack();
  switch (args.target) {
    case "docker": {
      const { dockerAssistant } = await import("./docker/stack.ts");
      return { ...dockerAssistant(deploymentId, args) };
    }
    case "aws": {
      const { ecsAssistant } = await import("./aws/stack.ts");
      return { ...ecsAssistant(deploymentId, args) };
    }
  }
}

/** Loads a target's SDK ahead of its first use. */
export async function preload(target: string): Promise<void> {
  if (target === "docker") await import("./docker/stack.ts");
  if (target === "aws") await import("./aws/stack.ts");
}

function readArgs(config: pulumi.Config): AssistantArgs {
  const target = readTarget(config);
  const common = {
    replicas: config.requireNumber("replicas", { min: 0, max: 1 }) === 1 ? (1 as const) : (0 as const),
    image: config.require("image"),
    settings: config.requireObject<Record<string, unknown>>("settings"),
    settingsRefused: config.get("settingsRefused"),
    memoryMib: config.requireNumber("memoryMib", { min: 16 }),
    cpus: config.requireNumber("cpus", { min: 0.01 }),
    startupTimeoutSeconds: config.requireNumber("startupTimeoutSeconds", { min: 1 }),
  };
  switch (target) {
    case "docker":
      return {
        ...common,
        target,
        hostPort: config.requireNumber("hostPort", { min: 1, max: 65535 }),
        subnet: config.require("subnet"),
        secretsFile: config.require("secretsFile"),
        secretsFingerprint: config.require("secretsFingerprint"),
        startedWith: config.require("startedWith"),
        runtime: config.get("runtime"),
        codeCache: config.get("codeCache"),
      };
    case "aws":
      return {
        ...common,
        target,
        foundation: config.requireObject<Foundation>("foundation"),
        secrets: config.getObject<SecretsReference>("secrets"),
        operation: config.require("operation"),
      };
  }
}

function readTarget(config: pulumi.Config): Target {
  const name = config.require("target");
  const target = TARGETS.find((known) => known === name);
  if (!target) throw new Error(`Unknown target "${name}". Known targets: ${TARGETS.join(", ")}.`);
  return target;
}
