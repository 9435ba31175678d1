// The task that carries a state out or in, as plain data. It has the state's access point as the assistant has it, no role,
// and its instructions come by a secret.
import type { RegisterTaskDefinitionCommandInput, Volume } from "@aws-sdk/client-ecs";
import { STATE_PATH } from "../../assistant/image-contract.ts";
import type { Foundation } from "../args.ts";
import { DEPLOYMENT_TAG, TRANSFER, transferFamily } from "../names.ts";
import { TRANSFER_PROGRAM } from "../program-text.ts";
import { hardened, linuxParameters } from "../task-definition.ts";

/** Some pieces of the archive are in memory at once. */
const SIZE = { cpu: "512", memory: "1024" } as const;

export interface TransferTask {
  /** Of the assistant's own task. */
  readonly volumes: Volume[];
  /** Reference to a version of a secret: the program's instructions. */
  readonly secret: string;
}

export function transferTask(
  foundation: Foundation,
  deploymentId: string,
  image: string,
  { volumes, secret }: TransferTask,
): RegisterTaskDefinitionCommandInput {
  const container = {
    ...hardened(deploymentId, TRANSFER, { image, foundation }),
    command: [STATE_PATH],
    entryPoint: ["node", "--input-type=module", "-e", TRANSFER_PROGRAM],
    environment: [],
    essential: true,
    linuxParameters: linuxParameters([]),
    secrets: [{ name: "BERTH_TRANSFER", valueFrom: secret }],
  };
  return {
    family: transferFamily(deploymentId),
    ...SIZE,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
    executionRoleArn: foundation.executionRoleArn,
    containerDefinitions: [container],
    volumes,
    tags: [{ key: DEPLOYMENT_TAG, value: deploymentId }],
  };
}
