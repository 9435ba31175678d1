// `npm run -s berth -- adopt …`: carries deployments to another target, by the running server.
import { counted } from "../../infra/sentences.ts";
import { rollOut } from "../../stacks/operations/rollout.ts";
import type { Config } from "../config/config.ts";
import { FLEET, type FleetMember, firstLineOf, readCount, untilEnded, untilInterrupted } from "./fleet.ts";
import { callForAll, callServer } from "./running-server.ts";

/** Statuses in which there is something to be carried. */
const CARRIED = ["purchased", "active", "stopped", "suspended", "failed"];
/** A move that fails is a matter of the new place, not of the assistant. */
const MAX_FAILURES = 2;

export interface Adoption {
  /** Of one deployment; all that are not there if undefined. */
  readonly id: string | undefined;
  /** Name of the target; that of new slots if undefined. */
  readonly to: string | undefined;
  readonly atOnce: number;
}

/** As they are written on the command line. */
export interface AdoptOptions {
  readonly all?: boolean;
  readonly to?: string;
  readonly atOnce: string;
}

/** @returns what is wanted, or what is wrong with it */
export function readAdoption(
  id: string | undefined,
  { all = false, to, atOnce }: AdoptOptions,
): Adoption | string {
  if (all === (id !== undefined)) return "Either a deployment's id, or --all.";
  const count = readCount(atOnce);
  return typeof count === "string" ? count : { id, to, atOnce: count };
}

/** `adopt --all`, `adopt <id>`. Exit code 1 unless all that was wanted is there. */
export async function adopt(config: Config, { id, to: wanted, atOnce }: Adoption): Promise<void> {
  const to = wanted ?? config.stacks.target;
  const due = id === undefined ? await listElsewhere(config, to) : [id];
  const signal = untilInterrupted();
  const { succeeded, failed, left } = await rollOut(due, {
    atOnce,
    maxFailures: MAX_FAILURES,
    maxNotBegun: MAX_FAILURES,
    signal,
    upgrade: async (one) => ((await adoptOne(config, one, to)) ? "upgraded" : "failed"),
  });
  console.log(`${succeeded} moved to ${to}, ${failed} failed.`);
  if (left.length > 0) {
    const why = signal.aborted ? "Interrupted" : `Stopped after ${counted(failed, "failure")}`;
    console.log(`${why}. Not begun with:\n${left.map((one) => `  ${one}`).join("\n")}`);
  }
  if (failed > 0 || left.length > 0) process.exitCode = 1;
}

async function listElsewhere(config: Config, to: string): Promise<string[]> {
  const all = await callForAll<FleetMember>(config, `${FLEET}?limit=100`);
  const elsewhere = all.filter(({ target, isMoving }) => target !== to || isMoving);
  const busy = elsewhere.filter(({ status }) => !CARRIED.includes(status)).length;
  console.log(`${all.length - elsewhere.length} on ${to} already`);
  if (busy > 0)
    console.log(`${busy} not paid for, or busy with another operation: left alone, run this again`);
  return elsewhere.filter(({ status }) => CARRIED.includes(status)).map(({ deploymentId }) => deploymentId);
}

/** Prints how it ends. @returns whether it is there */
async function adoptOne(config: Config, id: string, target: string): Promise<boolean> {
  try {
    const path = `${FLEET}/${encodeURIComponent(id)}/adopt`;
    const { operationId } = await callServer<{ operationId: string }>(config, "POST", path, { target });
    const { account, status, operation, ...now } = await untilEnded(config, id, operationId);
    const isThere = operation?.state === "succeeded";
    const left = now.isMoving
      ? ", and what is left where it was could not be removed yet: adopt it again"
      : "";
    const how = isThere ? `${status} on ${now.target}${left}` : firstLineOf(operation);
    console.log(`${id}  ${account}  ${how}`);
    return isThere;
  } catch (error) {
    console.log(`${id}  ${error instanceof Error ? error.message : error}`);
    return false;
  }
}
