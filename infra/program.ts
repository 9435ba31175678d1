// The one Pulumi program: the CLI runs it through index.ts, the API inline. It picks the target.
import * as pulumi from "@pulumi/pulumi";
import { targetNamed } from "./targets.ts";

/** Declares the resources of the selected stack from its config and returns the stack's outputs. */
export async function program(): Promise<Record<string, unknown>> {
  const config = new pulumi.Config("berth");
  const { assistantStack } = await targetNamed(config.require("target")).loadStack();
  return { ...assistantStack(pulumi.getStack(), config) };
}

/** Loads a target's code and SDK ahead of their first use: the SDK takes up to a second. */
export async function preload(target: string): Promise<void> {
  const row = targetNamed(target);
  await Promise.all([row.load(), row.loadStack()]);
}
