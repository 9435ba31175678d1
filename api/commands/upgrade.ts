// `npm run -s berth -- upgrade …`: brings assistants to an image, by the running server.
import { counted } from "../../infra/sentences.ts";
import {
  type Ended,
  endOf,
  MAX_FAILURES,
  MAX_NOT_BEGUN,
  rollOut,
  type Standing,
  standingOf,
} from "../../stacks/operations/rollout.ts";
import type { Config } from "../config/config.ts";
import {
  FLEET,
  type FleetMember,
  firstLineOf,
  member,
  query,
  readCount,
  untilEnded,
  untilInterrupted,
} from "./fleet.ts";
import { callForAll, callServer } from "./running-server.ts";

/** What is reported of the others, in this order. */
const LEFT_ALONE: readonly (readonly [Standing, string])[] = [
  ["up to date", "up to date"],
  ["custom", "with an image of their own: left alone (--image replaces it)"],
  ["rolled back", "rolled back from this very image: skipped (--retry tries again)"],
  ["stopped", "stopped: they follow at their next redeploy"],
  ["failed", "failed: left alone, a redeploy takes the current image"],
  ["busy", "busy with another operation: left alone, run this again"],
];

export interface Wanted {
  /** Of one deployment; all if undefined. */
  readonly id: string | undefined;
  readonly image: string | undefined;
  readonly retries: boolean;
  readonly atOnce: number;
}

/** As they are written on the command line. */
export interface UpgradeOptions {
  readonly all?: boolean;
  readonly atOnce: string;
  readonly image?: string;
  readonly retry?: boolean;
}

/** @returns what is wanted, or what is wrong with it */
export function readWanted(
  id: string | undefined,
  { all = false, atOnce, image, retry = false }: UpgradeOptions,
): Wanted | string {
  if (all === (id !== undefined)) return "Either a deployment's id, or --all.";
  const count = readCount(atOnce);
  return typeof count === "string" ? count : { id, image, retries: retry, atOnce: count };
}

/** `upgrade --all`, `upgrade <id>`: redeploys what is active to the image that it should have by now. */
export async function upgrade(config: Config, { id, image, retries, atOnce }: Wanted): Promise<void> {
  const found = id === undefined ? await wholeFleet(config, image) : [await member(config, id, image)];
  const wants = { replacesCustom: image !== undefined || id !== undefined, retries };
  const standings = Map.groupBy(found, (one) => standingOf(one, wants));
  for (const [standing, text] of LEFT_ALONE) {
    const count = standings.get(standing)?.length ?? 0;
    if (count > 0) console.log(`${count} ${text}`);
  }
  const due = standings.get("due") ?? [];
  const signal = untilInterrupted();
  const { succeeded, failed, left } = await rollOut(
    due.map(({ deploymentId }) => deploymentId),
    {
      atOnce,
      maxFailures: MAX_FAILURES,
      maxNotBegun: MAX_NOT_BEGUN,
      signal,
      upgrade: (one) => upgradeOne(config, one, image),
    },
  );
  console.log(`${succeeded} upgraded, ${failed} failed.`);
  if (left.length > 0) {
    const why = signal.aborted ? "Interrupted" : `Stopped after ${counted(failed, "failure")}`;
    console.log(`${why}. Not begun with:\n${left.map((one) => `  ${one}`).join("\n")}`);
  }
  const isDone = id === undefined || due.length > 0 || standings.has("up to date");
  if (failed > 0 || left.length > 0 || !isDone) process.exitCode = 1;
}

async function wholeFleet(config: Config, image: string | undefined): Promise<FleetMember[]> {
  return callForAll<FleetMember>(config, `${FLEET}?${query({ image, limit: "100" })}`);
}

/** Prints how it ends. */
async function upgradeOne(config: Config, id: string, image: string | undefined): Promise<Ended> {
  let isAccepted = false;
  try {
    const body = image === undefined ? {} : { image };
    const path = `${FLEET}/${encodeURIComponent(id)}/upgrade`;
    const { operationId } = await callServer<{ operationId: string }>(config, "POST", path, body);
    isAccepted = true;
    const ended = await untilEnded(config, id, operationId);
    const { account, image: now, operation } = ended;
    const how = endOf(ended) === "upgraded" ? `runs ${now.pinned}` : firstLineOf(operation);
    console.log(`${id}  ${account}  ${how}`);
    return endOf(ended);
  } catch (error) {
    console.log(`${id}  ${error instanceof Error ? error.message : error}`);
    return isAccepted ? "failed" : "not begun";
  }
}
