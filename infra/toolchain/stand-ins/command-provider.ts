// Stand-in for `pulumi-resource-command` where the official plugin can't be had: local commands only.
import { pluginVersion } from "../versions.ts";
import { localCommand } from "./local-command.ts";
import type { Provider } from "./provider.ts";

export const commandProvider: Provider = {
  version: pluginVersion("@pulumi/command"),
  configure: (_settings, cancelled) => ({ "command:local:Command": localCommand(cancelled) }),
  messageOf: (error) => (error instanceof Error ? error.message : String(error)),
};
