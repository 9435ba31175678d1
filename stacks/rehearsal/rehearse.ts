// One rehearsal: up and destroy of a throw-away stack, in a process of its own.
import { createHash, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import type { DeploymentFacts, Place, Target } from "../../infra/target.ts";
import { capabilitiesOf, openTarget } from "../../infra/targets.ts";
import { type Cause, NOT_READY } from "../causes.ts";
import type { Sql } from "../database/database.ts";
import { type Address, addressAt, addressCount } from "../deployments/addresses.ts";
import { findRivals } from "../deployments/rivals.ts";
import type { Step, StepResult } from "../pulumi/messages.ts";
import { commonConfig, stackWorkDir } from "../pulumi/stack-config.ts";
import type { SecretBox } from "../secret.ts";
import type { StackSettings } from "../settings.ts";
import { OperationProcess } from "../worker/operation-process.ts";
import { stackLocation } from "../worker/steps.ts";

/** It has none that could be lost. */
const NO_DATA = { had: { wasWritten: false, wasReported: false }, onDataGone: "begin empty" } as const;
const KEEP_ALIVE_MS = 1_000;
const READY_WITHIN_S = 60;
const DEADLINE_MS = 240_000;

export interface RehearsalParts {
  readonly sql: Sql;
  readonly box: SecretBox;
  readonly settings: StackSettings;
  readonly pulumi: { readonly path: string; readonly version: string };
  readonly keptPlugins: readonly string[];
  /** Of operation processes. */
  readonly environment: Record<string, string>;
  /** Of Berth. */
  readonly version: string;
}

/**
 * Brings a stack up and destroys it. What one before has left, because it was cut off, is recovered first.
 * @returns what does not work, in a sentence for the operator; undefined if all does
 * @throws Error when the target, the database or a folder refuses
 */
export async function rehearse(parts: RehearsalParts): Promise<string | undefined> {
  const { settings, environment, keptPlugins } = parts;
  const [place] = settings.places;
  if (!place) return undefined;
  const target = await openTarget(place);
  const image = await target.findPin(settings.assistantImage, null);
  if (image === undefined)
    return `The assistants' image ${settings.assistantImage} is not there yet, or can't be pulled.`;
  const address = await freeAddress(parts, place, target);
  if (address === undefined) return undefined;
  const facts = factsOf(parts, address);
  const config = {
    ...commonConfig(settings, place, { replicas: 1, image }),
    ...(await target.stackConfig(facts, { replicas: 1, image, isHealing: false, isRestoring: false })),
    startupTimeoutSeconds: String(READY_WITHIN_S),
    rehearsal: "true",
  };
  const base = {
    location: stackLocation(parts, facts.deploymentId),
    place,
    stackExists: true,
    dataVolume: null,
    unfinishedBefore: { lostHosts: [hostname()] },
  };
  const remove = { which: "every" } as const;
  const child = new OperationProcess([settings.target, ...keptPlugins], environment);
  const up = await run(child, { ...base, name: "up", config, refresh: false, remove, ...NO_DATA });
  const cleaner = child.isReady
    ? child
    : new OperationProcess([settings.target, ...keptPlugins], environment);
  const down = await run(cleaner, { ...base, name: "destroy", remove });
  cleaner.leave();
  await target.dropSecrets(facts);
  await rm(stackWorkDir(settings, facts.deploymentId), { recursive: true, force: true });
  return sentence(up, address) ?? sentence(down, address);
}

/** The same at every start, so that what was cut off is found again; another one on each host and for each data folder. */
export function stackName(dataDir: string): string {
  const hash = createHash("sha256").update(`${hostname()}\n${dataDir}`).digest("hex");
  return [8, 4, 4, 4, 12].map((length, at) => hash.slice(at * 12, at * 12 + length)).join("-");
}

function factsOf({ settings, box }: RehearsalParts, address: Address | null): DeploymentFacts {
  const { dataDir, runtime } = settings;
  const gatewayToken = randomBytes(24).toString("base64url");
  return {
    dataDir,
    deploymentId: stackName(dataDir),
    address,
    volume: undefined,
    operationId: null,
    runtime,
    gatewayToken: () => gatewayToken,
    reveal: () => ({
      assistant: { modelProvider: "anthropic", modelId: "none", modelFacts: undefined, allowFrom: [] },
      secrets: {
        modelProvider: "anthropic",
        modelApiKey: undefined,
        telegramBotToken: "0:none",
        gatewayToken,
      },
    }),
    findPlugin: async () => undefined,
    fingerprint: (text) => box.fingerprint(text),
  };
}

/**
 * The highest place: the last that is handed out. Undefined while all are taken, operations work then; null on a target that
 * needs none.
 */
async function freeAddress(
  { sql, settings }: RehearsalParts,
  place: Place,
  target: Target,
): Promise<Address | null | undefined> {
  if (!capabilitiesOf(place).addresses) return null;
  const occupied = await target.occupied(settings.portRange).catch(() => []);
  const rows = await sql
    .selectFrom("deployments")
    .select("address")
    .where("address", "is not", null)
    .execute();
  const name = stackName(settings.dataDir);
  const rivals = findRivals(settings, occupied, (owner) => owner === name);
  const taken = new Set([...rows.map(({ address }) => address), ...rivals.flatMap(({ places }) => places)]);
  for (let number = addressCount(settings) - 1; number >= 0; number--)
    if (!taken.has(number)) return addressAt(settings, number);
  return undefined;
}

async function run(child: OperationProcess, step: Step): Promise<StepResult> {
  const alive = setInterval(() => child.keepAlive(), KEEP_ALIVE_MS);
  try {
    return await child.run(step, {
      deadlineMs: DEADLINE_MS,
      cancelGraceMs: 0,
      stop: new Promise(() => {}),
      onEvent: () => {},
      onStackExists: async () => {},
      onWritten: async () => {},
      onRemark: async () => {},
    });
  } finally {
    clearInterval(alive);
  }
}

function sentence(result: StepResult, address: Address | null): string | undefined {
  if (result.state === "succeeded") return undefined;
  if (result.state === "interrupted") return `An operation's process can't work: ${result.why}`;
  if (result.state === "cancelled") return "The rehearsal was cancelled.";
  return causeSentence(result.cause, address);
}

function causeSentence({ code, message }: Cause, address: Address | null): string {
  if (code !== NOT_READY || !address) return `A rehearsed operation failed (${code}): ${message}`;
  return `A container was started, and Berth can't reach it on 127.0.0.1:${address.hostPort}. If Berth itself runs in a container, give it the host's network. ${message}`;
}
