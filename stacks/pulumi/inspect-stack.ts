// What Pulumi itself knows of a deployment's stack, for GET /:id/stack. Asks the CLI: an inspection, not a poll.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { BerthError } from "../errors.ts";
import { RecordedResource } from "./stack-state.ts";

const HISTORY_LENGTH = 10;
const TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 32 * 1024 * 1024;
/** Pulumi's mark of a secret value in state. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

const Exported = z.object({
  deployment: z.object({
    resources: z
      .array(RecordedResource.extend({ created: z.string().optional(), modified: z.string().optional() }))
      .optional(),
    pending_operations: z.array(z.unknown()).nullish(),
  }),
});
export const StackUpdate = z.object({
  kind: z.string(),
  startTime: z.string(),
  endTime: z.string().optional(),
  result: z.string().optional(),
  version: z.number().optional(),
  resourceChanges: z.record(z.string(), z.number()).optional(),
});
const History = z.array(StackUpdate);

export interface StackReader {
  readonly pulumiPath: string;
  readonly workDir: string;
  readonly stackName: string;
  readonly environment: Record<string, string>;
}

/**
 * Resources, outputs (secrets masked) and the last updates of a stack.
 * @throws BerthError UNAVAILABLE when the backend can't be read right now.
 */
export async function inspectStack(reader: StackReader) {
  const [exported, history] = await Promise.all([
    ask(reader, ["stack", "export"], Exported),
    ask(reader, ["stack", "history", "--json", "--page-size", String(HISTORY_LENGTH)], History),
  ]);
  const resources = exported.deployment.resources ?? [];
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return {
    name: reader.stackName,
    resources: resources
      .filter(({ type }) => !type.startsWith("pulumi:"))
      .map(({ urn, type, id, created, modified }) => ({ urn, type, id: id ?? null, created, modified })),
    outputs: maskAll(root?.outputs ?? {}),
    pendingOperations: exported.deployment.pending_operations?.length ?? 0,
    lastUpdate: history[0] ?? null,
    history,
  };
}

/**
 * A stack's state as text, as `pulumi stack export` gives it: secret values are encrypted in it.
 * @throws Error of the CLI
 */
export async function exportStack(reader: StackReader): Promise<string> {
  return callCli(reader, ["stack", "export"]);
}

async function callCli(reader: StackReader, args: string[]): Promise<string> {
  const command = [...args, "--stack", reader.stackName, "--non-interactive"];
  const options = {
    cwd: reader.workDir,
    env: reader.environment,
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT,
  };
  const { stdout } = await promisify(execFile)(reader.pulumiPath, command, options);
  return stdout;
}

async function ask<T>(reader: StackReader, args: string[], shape: z.ZodType<T>): Promise<T> {
  try {
    return shape.parse(JSON.parse(await callCli(reader, args)));
  } catch (error) {
    throw Object.assign(
      new BerthError("UNAVAILABLE", "The stack can't be read right now. Nothing was changed."),
      {
        cause: error,
      },
    );
  }
}

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_MARK in value) return "[secret]";
  return maskAll(value);
}

function maskAll(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, inner]) => [key, mask(inner)]));
}
