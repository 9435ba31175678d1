// What a worker's machine needs so that its Docker may run assistants: the runtime that was asked for, the rules of the host's
// firewall; and, so that they start fast, a cache of their image's compiled code.
import type { Logger } from "pino";
import { whyElsewhere } from "../../../infra/docker/host-rules/engine-place.ts";
import { hostFindings } from "../../../infra/docker/host-settings.ts";
import { ENOUGH_INSTANCES, raiseInotify } from "../../../infra/docker/inotify.ts";
import { findClaimed } from "../../../infra/docker/occupied.ts";
import { assertRuntime } from "../../../infra/docker/runtime.ts";
import { findRivals, MOVE_RANGES, rivalsInWords } from "../../deployments/rivals.ts";
import type { StackSettings } from "../../settings.ts";
import { keepCodeCache } from "./code-cache.ts";
import { keepHostRules, setHostRules } from "./host-rules.ts";

/**
 * @returns what starts keeping it so
 * @throws Error when the engine lacks the runtime, or the rules are required and can't be had
 */
export async function readyHost(
  settings: StackSettings,
  log: Logger,
): Promise<() => (() => Promise<void>)[]> {
  const { runtime, hostRules, gatewayPort } = settings;
  if (runtime) await assertRuntime(runtime);
  await nameRivals(settings, log);
  await raiseLimits(settings, log);
  for (const { message, advice } of await hostFindings(settings.portRange)) log.warn(`${message} ${advice}`);
  const keepsRules = await setHostRules(hostRules, gatewayPort, log);
  return () => [keepCodeCache(settings, log), ...(keepsRules ? [keepHostRules(gatewayPort, log)] : [])];
}

/** Only where Berth may change what is the host's. */
async function raiseLimits({ hostRules }: StackSettings, log: Logger): Promise<void> {
  if (hostRules === "leave" || (await whyElsewhere()) !== undefined) return;
  if (await raiseInotify())
    log.info(`the host's limit of inotify instances of a user was raised to ${ENOUGH_INSTANCES}`);
}

/** Their places are skipped; the operator may want to move Berth's ranges, or theirs. */
async function nameRivals(settings: StackSettings, log: Logger): Promise<void> {
  const occupied = await findClaimed(settings.portRange).catch(() => []);
  for (const rival of rivalsInWords(
    settings,
    findRivals(settings, occupied, () => true),
  ))
    log.warn(`${rival} ${MOVE_RANGES}`);
}
