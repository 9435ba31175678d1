// Driving Pulumi through its Automation API with one CLI call per operation. The SDK would ask the CLI again for
// what its events have already said (outputs, history, version): those answers are handed to it here instead.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { SemVer } from "semver";
import { program } from "../../infra/program.ts";
import { PROJECT } from "./environment.ts";
import { removeLocks, removeState } from "./state-files.ts";

/** Where and with what a stack is worked on. Holds no secret: it crosses a process boundary. */
export interface StackLocation {
  readonly stackName: string;
  /** Folder of the stack's config, of its own. */
  readonly workDir: string;
  /** Absolute path of the `pulumi` executable. */
  readonly pulumiPath: string;
  readonly pulumiVersion: string;
  /** Folder of a file backend; undefined if the state is kept elsewhere. */
  readonly stateFolder: string | undefined;
  /** Plugins that run already, as the engine's variable for them names them; empty if the engine is to start them. */
  readonly attachedPlugins: string;
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

/**
 * Destroys the stack and removes its record: the CLI itself would derive its key once more for that. A missing stack is as
 * good. Resources that are excluded stay, and of them nothing is known any more.
 */
export async function destroyStack(location: StackLocation, options: auto.DestroyOptions): Promise<void> {
  const stack = await openStack(location);
  try {
    await stack.destroy(options);
    await dropStack(location);
  } catch (error) {
    if (!isStackMissing(error)) throw error;
  }
}

/** A stack's state, as the CLI exports it. @throws Error of the CLI; see isStackMissing */
export async function exportState(location: StackLocation): Promise<unknown> {
  const workspace = await openWorkspace(location);
  const { stdout } = await callCli(workspace, ["stack", "export", "--stack", location.stackName]);
  return (JSON.parse(stdout) as { readonly deployment?: unknown }).deployment ?? {};
}

/** Removes the stack's record, whatever its state says: of what that names nothing is touched. */
export async function dropStack(location: StackLocation): Promise<void> {
  const { stackName, stateFolder } = location;
  if (stateFolder) return removeState(stateFolder, stackName);
  const flags = ["--yes", "--force", "--remove-backups", "--stack", stackName];
  await callCli(await openWorkspace(location), ["stack", "rm", ...flags]);
}

/**
 * Has the stack's settings name the salt that its state names. With another one Pulumi would take its passphrase for a
 * wrong one; as nothing in these stacks is encrypted, nothing is lost with it.
 * @returns whether they named another one: somebody has changed one of the two
 */
export async function settleSalt(
  location: StackLocation,
  secrets: { readonly type: string; readonly salt: string | undefined } | undefined,
): Promise<boolean> {
  if (secrets && secrets.type !== "passphrase") return false;
  const workspace = await openWorkspace(location);
  const { stackName } = location;
  const kept = await workspace.stackSettings(stackName).catch(() => ({}) as auto.StackSettings);
  const { config, encryptionSalt, secretsProvider, encryptedKey } = kept;
  const salt = secrets?.salt;
  if (encryptionSalt === salt && !secretsProvider && !encryptedKey) return false;
  await workspace.saveStackSettings(stackName, {
    ...(config && { config }),
    ...(salt && { encryptionSalt: salt }),
  });
  return salt !== undefined && encryptionSalt !== undefined && encryptionSalt !== salt;
}

/** Whether the CLI said that there is no such stack. */
export function isStackMissing(error: unknown): boolean {
  return error instanceof auto.StackNotFoundError;
}

/** Deletes the stack's lock files. Only for a stack whose last owner is known to be dead. */
export async function breakLock(location: StackLocation): Promise<void> {
  const { stackName, stateFolder } = location;
  // The CLI can't be asked where a lock has outlived its stack, or came before it.
  if (stateFolder) await removeLocks(stateFolder, stackName);
  else await callCli(await openWorkspace(location), ["cancel", "--yes", "--stack", stackName]);
}

/** For what the SDK has no method. */
async function callCli(workspace: auto.Workspace, args: string[]): Promise<{ readonly stdout: string }> {
  const command = workspace.pulumiCommand as unknown as Runner;
  return command.run(args, workspace.workDir, {});
}

async function openWorkspace(location: StackLocation): Promise<auto.LocalWorkspace> {
  const { workDir, attachedPlugins } = location;
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const project = { name: PROJECT, runtime: "nodejs" };
  await writeFile(join(workDir, "Pulumi.yaml"), JSON.stringify(project));
  // The CLI is short-lived: with its usual garbage collection it spends a tenth of its time on memory that it soon gives
  // back. An official plugin, which it would start itself, may be large and inherits this.
  const envVars: Record<string, string> = attachedPlugins
    ? { PULUMI_DEBUG_PROVIDERS: attachedPlugins, GOGC: "400" }
    : {};
  return auto.LocalWorkspace.create({
    workDir,
    program,
    envVars,
    pulumiCommand: knownCommand(location),
  });
}

/** Of the SDK's PulumiCommand, what is called here. */
interface Runner {
  run(args: string[], ...rest: unknown[]): Promise<{ readonly stdout: string }>;
}

/** Set-up has checked the CLI's version once; PulumiCommand.get would spawn it for every operation. */
function knownCommand({ pulumiPath, pulumiVersion }: StackLocation): auto.PulumiCommand {
  return Object.assign(Object.create(auto.PulumiCommand.prototype), {
    command: pulumiPath,
    version: new SemVer(pulumiVersion),
  });
}

function prefixed(config: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value]));
}
