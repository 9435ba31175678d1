// The one Pulumi program: the CLI runs it through index.ts, the API inline. It picks the target.
// A target's SDK takes up to a second to load, so it is loaded only where that target is used.
import * as pulumi from "@pulumi/pulumi";
import { type AssistantArgs, TARGETS, type Target } from "./args.ts";

/** Declares the resources of the selected stack from its config and returns the stack's outputs. */
export async function program(): Promise<Record<string, unknown>> {
  const args = readArgs(new pulumi.Config("berth"));
  const deploymentId = pulumi.getStack();
  switch (args.target) {
    case "docker": {
      const { dockerAssistant } = await import("./docker.ts");
      return { ...dockerAssistant(deploymentId, args) };
    }
    case "aws":
      throw new Error("The target aws is not part of this version of Berth. Set BERTH_TARGET=docker.");
  }
}

/** Loads a target's SDK ahead of its first use. */
export async function preload(target: string): Promise<void> {
  if (target === "docker") await import("./docker.ts");
}

function readArgs(config: pulumi.Config): AssistantArgs {
  return {
    target: readTarget(config),
    replicas: config.requireNumber("replicas", { min: 0, max: 1 }) === 1 ? 1 : 0,
    image: config.require("image"),
    hostPort: config.requireNumber("hostPort", { min: 1, max: 65535 }),
    subnet: config.require("subnet"),
    settings: config.requireObject<Record<string, unknown>>("settings"),
    secretsFile: config.require("secretsFile"),
    secretsFingerprint: config.require("secretsFingerprint"),
    memoryMib: config.requireNumber("memoryMib", { min: 16 }),
    cpus: config.requireNumber("cpus", { min: 0.01 }),
    startupTimeoutSeconds: config.requireNumber("startupTimeoutSeconds", { min: 1 }),
  };
}

function readTarget(config: pulumi.Config): Target {
  const name = config.require("target");
  const target = TARGETS.find((known) => known === name);
  if (!target) throw new Error(`Unknown target "${name}". Known targets: ${TARGETS.join(", ")}.`);
  return target;
}
