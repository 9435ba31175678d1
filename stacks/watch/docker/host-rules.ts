// Sees to it, at the start and then regularly, that the host's firewall keeps assistants off the host: another program
// may have loaded rules of its own over them, or the host's nameservers may have changed.
import type { Logger } from "pino";
import {
  applyHostRules,
  areInPlace,
  hostRulesFinding,
  lookAtHostRules,
} from "../../../infra/docker/host-rules/host-rules.ts";
import { regularly } from "../../async.ts";
import type { HostRulesMode } from "../../settings.ts";

export { hostRulesFinding };

const LOOK_EVERY_MS = 30_000;

/**
 * Sets the rules where this process can; true if they are then its to keep, or to set once they can be.
 * @throws Error when they are required and can't be had.
 */
export async function setHostRules(mode: HostRulesMode, gatewayPort: number, log: Logger): Promise<boolean> {
  if (mode === "leave") return false;
  let hasFailed = false;
  const isSet = await trySetting(gatewayPort).catch(() => {
    hasFailed = true;
    return false;
  });
  const finding = await hostRulesFinding(gatewayPort);
  if (finding && !isSet && mode === "require") throw new Error(finding);
  if (finding) log.warn(finding);
  // iptables may come with the engine that is not there yet.
  return isSet || hasFailed;
}

/** Sets them again, every half minute, whenever they are not as they should be. The returned function ends that. */
export function keepHostRules(gatewayPort: number, log: Logger): () => Promise<void> {
  let logged = "";
  return regularly(LOOK_EVERY_MS, () =>
    restoreLost(gatewayPort, log).then(
      () => {
        logged = "";
      },
      (error: Error) => {
        if (logged !== error.message) log.error({ err: error }, "keeping the host rules failed");
        logged = error.message;
      },
    ),
  );
}

async function trySetting(gatewayPort: number): Promise<boolean> {
  const { state } = await lookAtHostRules(gatewayPort);
  if (state === "missing") await applyHostRules(gatewayPort);
  return state !== "out of reach";
}

async function restoreLost(gatewayPort: number, log: Logger): Promise<void> {
  if (await areInPlace(gatewayPort)) return;
  await applyHostRules(gatewayPort);
  log.warn("the host rules were gone or out of date: they were set again");
}
