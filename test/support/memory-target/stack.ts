// An assistant in memory: its data, and the assistant itself × replicas.
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { readCommonArgs, resourceName } from "../../../infra/args.ts";

const CALL = 'node "$BERTH_HOME/test/support/memory-target/call.ts"';

export function assistantStack(id: string, config: pulumi.Config) {
  const { replicas, image } = readCommonArgs(config);
  const url = config.require("world");
  const stdin = JSON.stringify({ url, id, image });
  const data = new command.local.Command("data", {
    create: `${CALL} make`,
    delete: `${CALL} forget`,
    stdin: JSON.stringify({ url, id }),
  });
  const kept = { replicas, image, endpoint: null, network: "none", volume: resourceName(id) };
  if (replicas === 0) return { ...kept, status: data.id.apply(() => "stopped" as const), containerId: null };
  // Each operation runs it anew: nothing tells Pulumi whether it still does.
  const assistant = new command.local.Command(
    "assistant",
    { create: `${CALL} run`, delete: `${CALL} end`, stdin, triggers: [config.require("operation")] },
    { dependsOn: [data], deleteBeforeReplace: true },
  );
  return { ...kept, status: assistant.id.apply(() => "active" as const), containerId: assistant.id };
}
