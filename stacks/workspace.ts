// Driving Pulumi through its Automation API with one CLI call per operation. The SDK would ask the CLI again for
// what its events have already said (outputs, history, version): those answers are handed to it here instead.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";
import { program } from "../infra/program.ts";

export const PROJECT = "berth";

/** Where and with what a stack is worked on. Holds no secret: it crosses a process boundary. */
export interface StackLocation {
  readonly stackName: string;
  /** Folder of the stack's config, of its own. */
  readonly workDir: string;
  /** Absolute path of the `pulumi` executable. */
  readonly pulumiPath: string;
  readonly pulumiVersion: string;
}

/** Opens a stack that exists, without asking the CLI. */
export async function openStack(location: StackLocation): Promise<auto.Stack> {
  const workspace = await openWorkspace(location);
  workspace.selectStack = async () => {};
  workspace.stackOutputs = async () => ({});
  const stack = await auto.Stack.select(location.stackName, workspace);
  stack.info = async () => undefined;
  return stack;
}

/** Creates the stack's record in the backend; one that exists already is fine. */
export async function createStack(location: StackLocation): Promise<void> {
  const workspace = await openWorkspace(location);
  try {
    await workspace.createStack(location.stackName);
  } catch (error) {
    if (!(error instanceof auto.StackAlreadyExistsError)) throw error;
  }
}

/** Replaces the stack's config; its encryption salt stays. */
export async function writeConfig(location: StackLocation, config: Record<string, string>): Promise<void> {
  const workspace = await openWorkspace(location);
  const kept = await workspace.stackSettings(location.stackName).catch(() => ({}));
  await workspace.saveStackSettings(location.stackName, { ...kept, config: prefixed(config) });
}

/** Removes the stack's record with its history and backups, which the SDK's own call would leave behind. */
export async function removeStack(location: StackLocation): Promise<void> {
  const workspace = await openWorkspace(location);
  await pulumi(workspace, ["stack", "rm", "--yes", "--remove-backups", "--stack", location.stackName]);
}

/** Deletes the stack's lock files. Only for a stack whose last owner is known to be dead. */
export async function breakLock(location: StackLocation): Promise<void> {
  const workspace = await openWorkspace(location);
  await pulumi(workspace, ["cancel", "--yes", "--stack", location.stackName]);
}

async function openWorkspace(location: StackLocation): Promise<auto.LocalWorkspace> {
  await mkdir(location.workDir, { recursive: true, mode: 0o700 });
  const project = { name: PROJECT, runtime: "nodejs" };
  await writeFile(join(location.workDir, "Pulumi.yaml"), JSON.stringify(project));
  const { workDir } = location;
  return auto.LocalWorkspace.create({ workDir, program, pulumiCommand: knownCommand(location) });
}

/** Set-up has checked the CLI's version once; PulumiCommand.get would spawn it for every operation. */
function knownCommand({ pulumiPath, pulumiVersion }: StackLocation): auto.PulumiCommand {
  const known = { command: pulumiPath, version: new SemVer(pulumiVersion) };
  return Object.assign(Object.create(auto.PulumiCommand.prototype), known);
}

/** For the two calls that the SDK has no method for. */
async function pulumi(workspace: auto.LocalWorkspace, args: string[]): Promise<void> {
  const command = workspace.pulumiCommand as unknown as {
    run(args: string[], cwd: string, env: Record<string, string>): Promise<unknown>;
  };
  await command.run(args, workspace.workDir, {});
}

function prefixed(config: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value]));
}
