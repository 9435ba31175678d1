// Who may write to an assistant's bot: OpenClaw keeps that itself, and its own command, run inside the container, is asked.
import { z } from "zod";
import { type Ran, runInside } from "../infra/inside.ts";
import { APPROVE_PAIRING, LIST_PAIRINGS } from "../infra/openclaw.ts";
import type { Deployment } from "./deployments.ts";
import { BerthError } from "./errors.ts";
import { allows, invalidState } from "./lifecycle.ts";
import { recordedOutputs } from "./outputs.ts";

/** The command loads all of OpenClaw: that takes 2 to 8 s, and longer on a busy machine. */
const TIMEOUT_MS = 60_000;

/** What a stranger writes to the bot is not answered, but for a code that lives for an hour. */
export interface Pairing {
  readonly code: string;
  readonly userId: string;
  /** What the user calls themself at Telegram. */
  readonly name: string | null;
  readonly requestedAt: string;
}

const text = z.string().max(300);
const Pairings = z.object({
  requests: z.array(
    z.object({
      code: text,
      id: text,
      createdAt: text,
      meta: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
});

/**
 * The pairings that wait to be approved.
 * @throws BerthError INVALID_STATE unless the deployment is active, UNAVAILABLE when its assistant can't be asked
 */
export async function listPairings(deployment: Deployment): Promise<Pairing[]> {
  const { exitCode, stdout } = await ask(deployment, LIST_PAIRINGS);
  const parsed = exitCode === 0 ? Pairings.safeParse(asJson(stdout)) : undefined;
  if (!parsed?.success) throw unavailable();
  return parsed.data.requests.map(({ code, id, createdAt, meta }) => ({
    code,
    userId: id,
    name: nameOf(meta ?? {}),
    requestedAt: createdAt,
  }));
}

/**
 * Lets the user of a code write to the bot.
 * @throws BerthError as listPairings, and NOT_FOUND when no such code waits
 */
export async function approvePairing(deployment: Deployment, code: string): Promise<void> {
  const { exitCode, stderr } = await ask(deployment, [...APPROVE_PAIRING, code]);
  if (exitCode === 0) return;
  if (!stderr.includes("No pending pairing request")) throw unavailable();
  throw new BerthError(
    "NOT_FOUND",
    "No pairing with this code is pending: a code lives for an hour. Nothing was changed; GET /:id/pairing lists them.",
  );
}

async function ask({ status, outputs }: Deployment, command: readonly string[]): Promise<Ran> {
  const container = recordedOutputs(outputs)?.containerId;
  if (!allows("pairing", status) || !container) throw invalidState("pairing", status);
  return runInside(container, command, TIMEOUT_MS).catch((cause: unknown) => {
    throw Object.assign(unavailable(), { cause });
  });
}

function unavailable(): BerthError {
  return new BerthError(
    "UNAVAILABLE",
    "The assistant could not be asked about its pairings. Nothing was changed; look at its status and try again.",
  );
}

function nameOf({ username, firstName, lastName, name }: Readonly<Record<string, unknown>>): string | null {
  if (typeof username === "string") return `@${username}`;
  const parts = [firstName, lastName, name].filter((part) => typeof part === "string");
  return parts.join(" ") || null;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
