// What a stack's state says, read before Pulumi acts on it: whose its resources are, what is pending, who holds its lock.
import { z } from "zod";
import { deploymentOf, resourceName } from "../../infra/args.ts";
import type { StateResource } from "../../infra/found.ts";
import { PROJECT } from "./environment.ts";
import { readLock, readLockTexts, readStateText, type StackLock, stackNames } from "./state-files.ts";
import type { StackLocation } from "./workspace.ts";

/** A resource as the state has it. */
export const RecordedResource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
const Latest = z.object({
  resources: z.array(RecordedResource).nullish(),
  pending_operations: z.array(z.unknown()).nullish(),
  secrets_providers: z
    .object({ type: z.string(), state: z.object({ salt: z.string().optional() }).nullish() })
    .nullish(),
});
const Checkpoint = z.object({ checkpoint: z.object({ latest: Latest.nullish() }) });

export interface StackState {
  readonly resources: readonly (StateResource & { readonly urn: string })[];
  readonly pendingOperations: number;
  /** How its secrets would be encrypted, if it had any; undefined if it doesn't say. */
  readonly secrets: { readonly type: string; readonly salt: string | undefined } | undefined;
}

/**
 * Undefined if there is no such stack; `unreadable` if nobody can make sense of its state.
 * @param isExpected whether there may be one that only the CLI can read
 * @throws Error of the CLI
 */
export async function readState(
  location: StackLocation,
  isExpected: boolean,
): Promise<StackState | "unreadable" | undefined> {
  const { stateFolder, stackName } = location;
  const text = stateFolder ? await readStateText(stateFolder, stackName).catch(() => null) : undefined;
  if (text === null) return "unreadable";
  if (text !== undefined) return readText(text);
  return isExpected ? readExported(location) : undefined;
}

async function readExported(location: StackLocation): Promise<StackState | "unreadable" | undefined> {
  // The server needs what else is here, and not the SDK.
  const { exportState, isStackMissing } = await import("./workspace.ts");
  try {
    return stateIn(Latest.parse(await exportState(location)));
  } catch (error) {
    if (isStackMissing(error)) return undefined;
    if (error instanceof z.ZodError) return "unreadable";
    throw error;
  }
}

function readText(text: string): StackState | "unreadable" {
  try {
    return stateIn(Checkpoint.parse(JSON.parse(text)).checkpoint.latest ?? {});
  } catch {
    return "unreadable";
  }
}

function stateIn({ resources, pending_operations, secrets_providers }: z.infer<typeof Latest>): StackState {
  return {
    resources: (resources ?? []).map(({ urn, type, id, outputs }) => ({ urn, type, id, outputs })),
    pendingOperations: pending_operations?.length ?? 0,
    secrets: secrets_providers
      ? { type: secrets_providers.type, salt: secrets_providers.state?.salt }
      : undefined,
  };
}

/** URNs of a state that speak of another stack. */
export function foreignUrns(
  state: { readonly resources: readonly { readonly urn: string }[] },
  stackName: string,
): string[] {
  const own = `urn:pulumi:${stackName}::${PROJECT}::`;
  return state.resources.flatMap(({ urn }) => (urn.startsWith(own) ? [] : [urn]));
}

/** The name that somebody has given a stack by `pulumi stack rename`; undefined if it still has its own, or none is found in the folder. */
export async function findRenamed(folder: string, stackName: string): Promise<string | undefined> {
  const names = await stackNames(folder);
  for (const name of names.includes(stackName) ? [] : names) {
    // Another deployment's is none, whatever has been imported into it.
    if (deploymentOf(resourceName(name)) !== undefined) continue;
    const state = (await readStateText(folder, name).catch(() => "")) ?? "";
    if (state.includes(resourceName(stackName))) return name;
  }
  return undefined;
}

/** Who holds the stack's locks, by a file backend's folder. */
export async function readLocks(folder: string, stackName: string): Promise<StackLock[]> {
  return (await readLockTexts(folder, stackName)).flatMap((text) => readLock(text) ?? []);
}
