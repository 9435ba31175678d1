// What the backend keeps of a deployment's stack. Of a file backend the files are read: the CLI would take half a second
// for each stack.
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runsPulumi } from "../pulumi/process-mark.ts";
import { findRenamed, RecordedResource } from "../pulumi/stack-state.ts";
import { readLock, readStateFiles } from "../pulumi/state-files.ts";
import { leaksIn } from "./leaks.ts";
import type { KnownSecret, Lock, StackPicture } from "./picture.ts";

const State = z.object({
  resources: z.array(RecordedResource).nullish(),
  pending_operations: z.array(z.unknown()).nullish(),
  secrets_providers: z.object({ state: z.object({ salt: z.string().optional() }).nullish() }).nullish(),
});
const Checkpoint = z.object({ checkpoint: z.object({ latest: State.nullish() }) });
const Exported = z.object({ deployment: State });

const NO_STACK = {
  exists: false,
  renamedTo: undefined,
  damage: undefined,
  outputs: null,
  resources: [],
  pendingOperations: 0,
  salt: undefined,
  settingsSalt: undefined,
};

/** The stack of a file backend. */
export async function readStack(
  folder: string,
  stackName: string,
  secrets: readonly KnownSecret[],
  isExpected: boolean,
): Promise<StackPicture> {
  const { state, copies, locks } = await readStateFiles(folder, stackName);
  const isMissing = isExpected && state === undefined;
  const texts = typeof state === "string" ? [state, ...copies] : copies;
  const leaks = texts.flatMap((text) => leaksIn(text, secrets));
  return {
    ...inState(state),
    renamedTo: isMissing ? await findRenamed(folder, stackName) : undefined,
    leaks: [...new Set(leaks)],
    locks: await Promise.all(locks.map(ownerOf)),
  };
}

function inState(state: string | Error | undefined) {
  if (state === undefined) return NO_STACK;
  if (typeof state !== "string")
    return { ...NO_STACK, exists: true, damage: `it can't be read (${state.message})` };
  return read(state, (json) => Checkpoint.parse(json).checkpoint.latest);
}

/** The stack of any other backend, by what the CLI exports of it. Locks and history are out of reach. */
export function exportedStack(text: string, secrets: readonly KnownSecret[]): StackPicture {
  const known = read(text, (json) => Exported.parse(json).deployment);
  return { ...known, leaks: leaksIn(text, secrets), locks: undefined };
}

export const MISSING_STACK: StackPicture = { ...NO_STACK, leaks: [], locks: undefined };

function read(text: string, stateIn: (json: unknown) => z.infer<typeof State> | null | undefined) {
  try {
    const { resources, pending_operations, secrets_providers } = stateIn(JSON.parse(text)) ?? {};
    return {
      exists: true,
      renamedTo: undefined,
      damage: undefined,
      outputs: resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? null,
      resources: (resources ?? []).map(({ urn, type, id }) => ({ urn, type, id })),
      pendingOperations: pending_operations?.length ?? 0,
      salt: secrets_providers?.state?.salt,
      settingsSalt: undefined,
    };
  } catch (error) {
    const damage = error instanceof SyntaxError ? "it is cut off or no JSON" : "it has an unknown form";
    return { ...NO_STACK, exists: true, damage };
  }
}

async function ownerOf(text: string): Promise<Lock> {
  const lock = readLock(text);
  if (!lock) return { owner: undefined, isHeld: "no" };
  const { user, host, pid } = lock;
  const owner = `${user}@${host} (pid ${pid})`;
  if (host !== hostname()) return { owner, isHeld: "unknown" };
  return { owner, isHeld: (await runsPulumi(pid)) ? "yes" : "no" };
}

/** The salt in the settings of a stack, whose folder that is. */
export async function readSettingsSalt(workDir: string, stackName: string): Promise<string | undefined> {
  const text = await readFile(join(workDir, `Pulumi.${stackName}.yaml`), "utf8").catch(() => "");
  return /^encryptionsalt: *["']?([^"'\s]+)/m.exec(text)?.[1];
}
