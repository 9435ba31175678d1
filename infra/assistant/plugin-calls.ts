// Calls to Berth's plugin in a running assistant. What answers is a stranger's program: each answer is bounded, and believed
// in form only.
import { z } from "zod";
import { type Send, sendHttp } from "./http-request.ts";
import { wholeText } from "./whole-answer.ts";

const TIMEOUT_MS = 2_000;
const LONGEST_ANSWER = 64 * 1024;

/** What OpenClaw is asked for the first time takes it seconds, on a busy machine many: it loads what answers. */
export const FIRST_CALL_TIMEOUT_MS = 20_000;

/** Where an assistant answers, and by what it knows Berth. */
export interface Address extends Way {
  readonly gatewayToken: string;
}

export interface Way {
  /** e.g. `http://127.0.0.1:20001` */
  readonly endpoint: string;
  /** Gets there, where no address of Berth's own host leads; sendHttp if absent. */
  readonly send?: Send;
}

const moment = z.number().int().nonnegative().max(8.64e15).nullable();

const Status = z.object({
  lastMessageAt: moment,
  lastAnswerAt: moment,
  /** Of the first message that has no answer yet. */
  waitingSince: moment,
  failure: z
    .object({
      kind: z.enum(["model", "delivery"]),
      /** What the model's provider, or Telegram, answered over HTTP; null if that is not known. */
      status: z.number().int().min(100).max(599).nullable(),
      since: moment,
      at: moment,
    })
    .nullable(),
  channel: z.object({
    isConnected: z.boolean(),
    /** Whether it has tried to connect in vain. */
    hasFailed: z.boolean(),
    /** Whether OpenClaw does not try to connect any more. */
    hasGivenUp: z.boolean(),
    /** Whether another program reads the bot's messages. */
    isContested: z.boolean(),
  }),
});
/** Times are milliseconds since 1970, by the assistant's clock. */
export type PluginStatus = z.infer<typeof Status>;

const SettingsState = z.object({
  /** Whether it accepts the file as it last looked at it. */
  isValid: z.boolean(),
  problems: z.array(z.string()),
  /** Another text for other settings in the file; null if it can't say. */
  revision: z.string().max(200).nullable(),
  /** Whether it goes by that revision. */
  isInForce: z.boolean(),
});
export type SettingsState = z.infer<typeof SettingsState>;

const Pairings = z.object({
  pairings: z.array(
    z.object({
      requestId: z.string().max(100),
      code: z.string().max(100).optional(),
      senderId: z.string().max(100),
      createdAt: z.string().max(100),
      metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
export type PluginPairing = z.infer<typeof Pairings>["pairings"][number];

/** What it knows of its conversations; undefined if it has no plugin, or does not answer in time. */
export async function readStatus(address: Address): Promise<PluginStatus | undefined> {
  return attempt(call(address, "GET", "status", Status));
}

/** Which settings are in force. `nobody`: nothing runs there that has the plugin. */
export async function readSettingsState(
  address: Address,
  timeoutMs = TIMEOUT_MS,
): Promise<SettingsState | "nobody" | "no answer"> {
  return call(address, "GET", "settings", SettingsState, timeoutMs).catch((error: unknown) =>
    error instanceof NoPlugin || isRefusedConnection(error) ? "nobody" : "no answer",
  );
}

/** Who waits to be let in. @throws Error when it can't be asked */
export async function readPairings(
  address: Address,
  timeoutMs = PAIRING_TIMEOUT_MS,
): Promise<PluginPairing[]> {
  return (await call(address, "GET", "pairings", Pairings, timeoutMs)).pairings;
}

/** A busy machine takes its time to look into the assistant's database. */
const PAIRING_TIMEOUT_MS = 20_000;

/**
 * Lets one in who waits, and has the assistant notify them.
 * @returns whether they were notified
 * @throws PluginRefused when nobody waits by that id any more, Error when it can't be asked
 */
export async function approvePairing(address: Address, requestId: string): Promise<boolean> {
  const Approved = z.object({ isNotified: z.boolean() });
  const timeoutMs = PAIRING_TIMEOUT_MS;
  const answer = await call(address, "POST", "pairings/approve", Approved, timeoutMs, { requestId });
  return answer.isNotified;
}

/** Has it connect to Telegram again, after it has given up. @throws Error when it can't be reached, or refuses */
export async function restartChannel(address: Address): Promise<void> {
  await call(address, "POST", "channel/restart", z.object({ isStarted: z.boolean() }), PAIRING_TIMEOUT_MS);
}

/** OpenClaw's own refusal. */
export class PluginRefused extends Error {}
class NoPlugin extends Error {}

function isRefusedConnection(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === "ECONNREFUSED";
}

async function call<T>(
  { endpoint, gatewayToken, send = sendHttp }: Address,
  method: "GET" | "POST",
  path: string,
  shape: z.ZodType<T>,
  timeoutMs = TIMEOUT_MS,
  body?: unknown,
): Promise<T> {
  const answer = await send(`${endpoint}/berth/${path}`, {
    method,
    headers: { Authorization: `Bearer ${gatewayToken}`, "Content-Type": "application/json" },
    body: body === undefined ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await wholeText(answer.body, LONGEST_ANSWER);
  // Another program than OpenClaw may answer any path as it likes.
  if (answer.status === 404 || !answer.contentType.startsWith("application/json"))
    throw new NoPlugin("The assistant has not Berth's plugin.");
  if (answer.status === 409) throw new PluginRefused("The assistant refuses that.");
  if (answer.status !== 200) throw new Error(`The assistant's plugin answers ${answer.status}.`);
  return shape.parse(JSON.parse(text));
}

function attempt<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch(() => undefined);
}
