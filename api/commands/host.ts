import {
  applyHostRules,
  lookAtHostRules,
  removeHostRules,
} from "../../infra/docker/host-rules/host-rules.ts";
import { targetNamed } from "../../infra/targets.ts";
import type { Config } from "../config/config.ts";

export const HOST_USAGE = `  host rules [apply | remove]
             show, set or remove the firewall rules that keep assistants off this host and its networks
`;

/** `host rules`: the firewall rules of this host, which all installations on it share. */
export async function host({ stacks }: Config, [what, action, ...more]: readonly string[]): Promise<void> {
  if (what !== "rules" || more.length > 0 || !["apply", "remove", undefined].includes(action))
    throw new Error(`Which of these?\n${HOST_USAGE}`);
  if (!targetNamed(stacks.target).needs.dockerEngine)
    throw new Error("Only hosts of assistants have these rules: BERTH_TARGET=docker.");
  if (action === "apply") await applyHostRules();
  if (action === "remove") await removeHostRules();
  const found = await lookAtHostRules();
  console.log(found.state === "in place" ? "Host rules are in place." : "Host rules are not in place.");
  if (action !== "remove" && found.state !== "in place") console.log(found.advice);
}
