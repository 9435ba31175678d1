// Stand-in for `pulumi-resource-command` where the official plugin can't be had: local commands only.
import { localCommand } from "./local-command.ts";
import type { Provider } from "./provider.ts";

export const commandProvider: Provider = {
  version: "1.2.1",
  configure: (_settings, cancelled) => ({ "command:local:Command": localCommand(cancelled) }),
  messageOf: (error) => (error instanceof Error ? error.message : String(error)),
};
