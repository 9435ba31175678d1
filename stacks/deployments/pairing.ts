// Who may write to an assistant's bot: OpenClaw keeps that itself, and Berth's plugin in the running assistant is asked.
import {
  type Address,
  approvePairing as approve,
  type PluginPairing,
  PluginRefused,
  readPairings,
} from "../../infra/assistant/plugin-calls.ts";
import { BerthError } from "../errors.ts";
import { allows, invalidState } from "../lifecycle.ts";
import type { SecretBox } from "../secret.ts";
import type { Deployment } from "./deployments.ts";
import { addressOf } from "./plugin-address.ts";
import type { Regional } from "./regions.ts";

/** What a stranger writes to the bot is not answered, but for a code that lives for an hour. */
export interface Pairing {
  readonly code: string;
  readonly userId: string;
  /** What the user calls themself at Telegram. */
  readonly name: string | null;
  readonly requestedAt: string;
}

/**
 * The pairings that wait to be approved.
 * @throws BerthError INVALID_STATE unless the deployment is active, UNAVAILABLE when its assistant can't be asked
 */
export async function listPairings(
  settings: Regional,
  box: SecretBox,
  deployment: Deployment,
): Promise<Pairing[]> {
  const waiting = await pairingsOf(await requireAddress(settings, box, deployment));
  return waiting.map(({ code, senderId, createdAt, metadata }) => ({
    code,
    userId: senderId,
    name: nameOf(metadata ?? {}),
    requestedAt: createdAt,
  }));
}

/**
 * Lets the user of a code write to the bot, and has the assistant notify them.
 * @returns whether they were notified
 * @throws BerthError as listPairings, and NOT_FOUND when no such code waits
 */
export async function approvePairing(
  settings: Regional,
  box: SecretBox,
  deployment: Deployment,
  code: string,
): Promise<boolean> {
  const address = await requireAddress(settings, box, deployment);
  const wanted = (await pairingsOf(address)).find((pairing) => pairing.code === code);
  if (!wanted) throw noSuchPairing();
  return approve(address, wanted.requestId).catch((error: unknown) => {
    if (error instanceof PluginRefused) throw noSuchPairing();
    throw unavailable(error);
  });
}

async function pairingsOf(address: Address): Promise<(PluginPairing & { readonly code: string })[]> {
  const found = await readPairings(address).catch((error: unknown) => {
    throw unavailable(error);
  });
  return found.flatMap(({ code, ...pairing }) => (code === undefined ? [] : [{ ...pairing, code }]));
}

async function requireAddress(settings: Regional, box: SecretBox, deployment: Deployment): Promise<Address> {
  if (!allows("pairing", deployment.status)) throw invalidState("pairing", deployment.status);
  const address = await addressOf(settings, box, deployment);
  if (address) return address;
  throw new BerthError(
    "UNAVAILABLE",
    "The assistant can't be asked: Berth does not know where it answers. Nothing was changed. Redeploy it.",
  );
}

function noSuchPairing(): BerthError {
  return new BerthError(
    "NOT_FOUND",
    "No pairing with this code is pending: a code lives for an hour. Nothing was changed; GET /:id/pairing lists them.",
  );
}

function unavailable(cause: unknown): BerthError {
  return Object.assign(
    new BerthError(
      "UNAVAILABLE",
      "The assistant could not be asked about its pairings. Nothing was changed; look at its status and try again.",
    ),
    { cause },
  );
}

function nameOf({ username, firstName, lastName, name }: Readonly<Record<string, unknown>>): string | null {
  if (typeof username === "string") return `@${username}`;
  const parts = [firstName, lastName, name].filter((part) => typeof part === "string");
  return parts.join(" ") || null;
}
