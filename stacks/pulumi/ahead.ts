// What an operation needs anyway, begun while Pulumi starts, which takes a third of a second. Nothing is begun where Pulumi alone
// can see whether somebody else works on the stack.
import type { StateResource } from "../../infra/found.ts";
import { deleteAfter } from "../../infra/toolchain/attached/deletions.ts";
import type { Doing } from "./doing.ts";
import { isRefused } from "./error-texts.ts";

/**
 * Begins to end what is to go; Pulumi deletes nothing before that is done: where it starts its plugins itself, nothing is begun.
 * @returns a promise of its end, which does not fail
 */
export function beginEnding({ target, location, touch }: Doing): Promise<void> | undefined {
  const { stackName, stateFolder, attachedPlugins } = location;
  if (!target.beginEnding || !stateFolder || !attachedPlugins) return undefined;
  touch();
  const ended = target.beginEnding(stackName).catch(() => {});
  deleteAfter(ended);
  return ended;
}

/**
 * Begins what bringing the stack to its config needs. Nothing is stopped: Pulumi may refuse the passphrase, and then all is to be
 * as before.
 * @returns ends what has begun and is not used; called with Pulumi's failure
 */
export function beginBringing(
  doing: Doing,
  config: Readonly<Record<string, string>>,
  resources: readonly StateResource[],
): ((failure?: unknown) => Promise<void>) | undefined {
  const { target, location } = doing;
  if (config.replicas !== "1" || !location.stateFolder) return undefined;
  const end = target.beginHanding?.(location.stackName, config, resources);
  return (
    end && ((failure) => end(failure instanceof Error && isRefused(failure.message) ? "refused" : undefined))
  );
}
