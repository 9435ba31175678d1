// What a worker's machine needs so that its Docker may run assistants: the runtime that was asked for, the rules of the host's
// firewall; and, so that they start fast, a cache of their image's compiled code.
import type { Logger } from "pino";
import { assertRuntime } from "../../../infra/docker/runtime.ts";
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
  const { runtime, hostRules } = settings;
  if (runtime) await assertRuntime(runtime);
  const keepsRules = await setHostRules(hostRules, log);
  return () => [keepCodeCache(settings, log), ...(keepsRules ? [keepHostRules(log)] : [])];
}
