import {
  applyHostRules,
  lookAtHostRules,
  removeHostRules,
} from "../../infra/docker/host-rules/host-rules.ts";
import { needsOf, targetsOf } from "../../infra/targets.ts";
import type { Config } from "../config/config.ts";

/**
 * `host rules`: the firewall rules of this host, which all installations on it share. Shows them after any change. Exit code 1 if
 * they are not in place, or still are after `remove`.
 */
export async function hostRules({ places, stacks }: Config, action?: "apply" | "remove"): Promise<void> {
  if (!needsOf(targetsOf(places)).dockerEngine)
    throw new Error("Only hosts of assistants have these rules: BERTH_TARGET=docker.");
  if (action === "apply") await applyHostRules(stacks.gatewayPort);
  if (action === "remove") await removeHostRules();
  const found = await lookAtHostRules(stacks.gatewayPort);
  if ((found.state === "in place") === (action === "remove")) process.exitCode = 1;
  const inPlace = `Host rules are in place. Assistants reach port ${stacks.gatewayPort} of this host, the model gateway's, as port 443 of their own bridge.`;
  console.log(found.state === "in place" ? inPlace : "Host rules are not in place.");
  if (action !== "remove" && found.state !== "in place") console.log(found.advice);
}
