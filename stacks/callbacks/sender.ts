// Sends what is due, again and again, as long as a worker runs. At least once: an attempt whose end was not recorded
// is made again, with the same id.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { msSince, SteadyClock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { type Deployment, findDeployment } from "../deployments/deployments.ts";
import type { SecretBox } from "../secret.ts";
import { describeAnswer, tracedCallback } from "../tracing/callback.ts";
import {
  type Callback,
  type ClaimedCallback,
  claimDue,
  disableEndpoint,
  endAttempt,
  endpointOf,
  type Outcome,
} from "./deliveries.ts";
import type { CallbackNetwork } from "./network.ts";
import { type Answer, postCallback } from "./post.ts";
import { nextDelay } from "./schedule.ts";
import { callbackSecret, signatures } from "./secret.ts";

const LOOK_EVERY_MS = 500;
const AT_ONCE = 32;
const AT_ONCE_OF_AN_ACCOUNT = 16;
const GONE = 410;
/** One text for whatever went wrong before an answer: a finer one would let customers explore Berth's network. */
const NO_ANSWER = "could not be delivered: no valid answer";

export interface SenderParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly network: CallbackNetwork;
  /** Milliseconds before each attempt, counted from the attempt before it. */
  readonly delaysMs: readonly number[];
  readonly log: Logger;
}

/** Starts sending. The returned function stops that and waits for the attempts that are being made. */
export function startSender(parts: SenderParts): () => Promise<void> {
  const stopped = new AbortController();
  const running = new Map<Promise<void>, string>();
  const sending = sendDue({ ...parts, clock: new SteadyClock() }, running, stopped.signal);
  return async () => {
    stopped.abort();
    await sending;
    await Promise.all(running.keys());
  };
}

interface Sender extends SenderParts {
  /** By what a clock says that has jumped, nothing is too old to be tried again. */
  readonly clock: SteadyClock;
}

/** @param running attempts, each with its account */
async function sendDue(
  parts: Sender,
  running: Map<Promise<void>, string>,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    const callback = running.size < AT_ONCE ? await claim(parts, [...running.values()]) : undefined;
    if (callback) {
      const attempt = tracedCallback(callback, () => send(parts, callback))
        .catch((error: unknown) => parts.log.error({ err: error, callback: callback.id }, "sending failed"))
        .finally(() => running.delete(attempt));
      running.set(attempt, callback.account_id);
    } else await sleep(LOOK_EVERY_MS, undefined, { signal: stopped }).catch(() => {});
  }
}

/** Of an account to which none is being sent, if one is due there; else of one that has room. */
async function claim(
  { sql, log }: SenderParts,
  sending: readonly string[],
): Promise<ClaimedCallback | undefined> {
  const counts = Map.groupBy(sending, (accountId) => accountId);
  const full = [...counts].filter(([, attempts]) => attempts.length >= AT_ONCE_OF_AN_ACCOUNT);
  try {
    const next = counts.size > 0 ? await claimDue(sql, [...counts.keys()]) : undefined;
    return (
      next ??
      (await claimDue(
        sql,
        full.map(([accountId]) => accountId),
      ))
    );
  } catch (error) {
    log.error({ err: error }, "callbacks can't be read");
    return undefined;
  }
}

async function send(parts: Sender, callback: Callback): Promise<void> {
  const { sql, log } = parts;
  const at = new Date();
  const deployment = await findDeployment(sql, callback.deployment_id);
  const url = deployment && endpointOf(deployment);
  if (!url) return endAttempt(sql, callback, { state: "disabled" });
  const { id, deployment_id, attempt } = callback;
  const entry = { callback: id, deployment: deployment_id, attempt, host: new URL(url).host };
  const answer = await post(parts, deployment, callback, url, at).catch((error: unknown) => {
    log.warn({ ...entry, why: reason(error) }, "callback got no valid answer");
    return undefined;
  });
  if (answer) log.info({ ...entry, status: answer.statusCode }, "callback was answered");
  describeAnswer(answer?.statusCode);
  if (answer?.statusCode === GONE) await disableEndpoint(sql, deployment_id, url);
  const outcome = outcomeOf(parts, callback, at, answer);
  await endAttempt(sql, callback, outcome, { at: at.toISOString(), ...toldOf(answer) });
}

async function post(
  { sql, box, network }: SenderParts,
  deployment: Deployment,
  { id, body }: Callback,
  url: string,
  at: Date,
): Promise<Answer> {
  const secret = await callbackSecret(sql, box, deployment);
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": signatures(secret, id, at, body),
  };
  return postCallback(network, url, headers, body);
}

function outcomeOf(
  { delaysMs, clock }: Sender,
  { attempt, queued_at }: Callback,
  at: Date,
  answer: Answer | undefined,
): Outcome {
  if (answer && isSuccess(answer)) return { state: "delivered" };
  if (answer?.statusCode === GONE) return { state: "disabled" };
  const ageMs = clock.isSteady(at) ? at.getTime() - queued_at.getTime() : 0;
  const delay = nextDelay(delaysMs, attempt, ageMs, answer);
  if (delay === undefined) return { state: "failed" };
  // Counted from the beginning: the next attempt's time must not show how this one ended.
  return { state: "again", inMs: Math.max(0, delay - msSince(at)) };
}

function isSuccess({ statusCode }: Answer): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function toldOf(answer: Answer | undefined): { statusCode: number | null; error: string | null } {
  if (!answer) return { statusCode: null, error: NO_ANSWER };
  const { statusCode } = answer;
  return { statusCode, error: isSuccess(answer) ? null : `the receiver answered ${statusCode}` };
}

/** For the operator. The message of a system error holds addresses, and that of TLS whole certificates. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error ? String(error.code) : error.message;
}
