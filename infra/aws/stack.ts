// An assistant on Amazon ECS Fargate: security group, access point, task definition, service of 0 or 1 task, truth.
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as ecs from "@pulumi/aws/ecs/index.js";
import * as efs from "@pulumi/aws/efs/index.js";
import { Provider } from "@pulumi/aws/provider.js";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type AssistantOutputs, readCommonArgs, resourceName } from "../args.ts";
import type { EcsArgs, Foundation, SecretsReference } from "./args.ts";
import { egressRules } from "./egress.ts";
import { fargateSize } from "./fargate-size.ts";
import { DEPLOYMENT_TAG, stateDirectory } from "./names.ts";
import { ASSISTANT, containerDefinitions, STATE_VOLUME } from "./task-definition.ts";

const OWNER = { uid: 1000, gid: 1000 };

/** Names and tags that all resources of a deployment have, and the provider that makes them. */
interface Common {
  readonly deploymentId: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly provider: Provider;
}

type Outputs = { [name in keyof AssistantOutputs]: pulumi.Input<AssistantOutputs[name]> };

export function assistantStack(deploymentId: string, config: pulumi.Config): Outputs {
  return ecsAssistant(deploymentId, {
    ...readCommonArgs(config),
    foundation: config.requireObject<Foundation>("foundation"),
    secrets: config.getObject<SecretsReference>("secrets"),
    operation: config.require("operation"),
  });
}

/** Declares the stack of one deployment. Stopped is the same stack with no task: in place, nothing is replaced. */
export function ecsAssistant(deploymentId: string, args: EcsArgs): Outputs {
  const { region, accountId } = args.foundation;
  const common = {
    deploymentId,
    name: resourceName(deploymentId),
    tags: { [DEPLOYMENT_TAG]: deploymentId },
    // With another account's credentials everything would look removed: they are refused instead.
    provider: new Provider("aws", { region, allowedAccountIds: [accountId] }),
  };
  const network = securityGroup(common, args);
  const state = accessPoint(common, args);
  const eraser = eraseOnDelete(common, args, state);
  const task = taskDefinition(common, args, state);
  const service = assistantService(common, args, network, task, eraser);
  const readiness = compareWithAsked(deploymentId, service, task, args);
  return {
    status: readiness.id.apply(
      () => (args.replicas === 1 ? "active" : "stopped") as AssistantOutputs["status"],
    ),
    replicas: args.replicas,
    containerId: args.replicas === 1 ? service.id : null,
    endpoint: null,
    image: args.image,
    network: network.id,
    volume: state.arn,
    taskDefinition: task.arn,
  };
}

/** Nobody gets in, other assistants included. */
function securityGroup({ name, tags, provider }: Common, { foundation }: EcsArgs): ec2.SecurityGroup {
  return new ec2.SecurityGroup(
    "network",
    {
      name,
      description: "One assistant of Berth: nothing comes in",
      vpcId: foundation.vpcId,
      ingress: [],
      egress: egressRules(foundation.fileSystemSecurityGroupId),
      tags,
    },
    { provider },
  );
}

/** The deployment's door to the file system: whatever user asks, it is this one, and below this directory. */
function accessPoint({ deploymentId, tags, provider }: Common, { foundation }: EcsArgs): efs.AccessPoint {
  return new efs.AccessPoint(
    "state",
    {
      fileSystemId: foundation.fileSystemId,
      posixUser: OWNER,
      rootDirectory: {
        path: stateDirectory(deploymentId),
        creationInfo: { ownerUid: OWNER.uid, ownerGid: OWNER.gid, permissions: "0700" },
      },
      tags,
    },
    { provider },
  );
}

/** An access point's removal leaves its directory: this removes it, after the service and before the access point. */
function eraseOnDelete(
  { deploymentId }: Common,
  { foundation: { transfer: _, ...foundation } }: EcsArgs,
  state: efs.AccessPoint,
): command.local.Command {
  return new command.local.Command(
    "eraser",
    {
      delete: 'exec node "$BERTH_HOME/infra/aws/commands/erase.ts"',
      stdin: JSON.stringify({ deploymentId, foundation }),
    },
    { dependsOn: [state] },
  );
}

function taskDefinition(
  { deploymentId, name, tags, provider }: Common,
  args: EcsArgs,
  state: efs.AccessPoint,
): ecs.TaskDefinition {
  return new ecs.TaskDefinition(
    ASSISTANT,
    {
      family: name,
      ...fargateSize(args.cpus, args.memoryMib),
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      runtimePlatform: { cpuArchitecture: "X86_64", operatingSystemFamily: "LINUX" },
      executionRoleArn: args.foundation.executionRoleArn,
      containerDefinitions: containerDefinitions(deploymentId, args),
      volumes: [
        {
          name: STATE_VOLUME,
          configureAtLaunch: false,
          efsVolumeConfiguration: {
            fileSystemId: args.foundation.fileSystemId,
            rootDirectory: "/",
            transitEncryption: "ENABLED",
            // By IAM would need a task role, whose keys the assistant could read.
            authorizationConfig: { accessPointId: state.id, iam: "DISABLED" },
          },
        },
      ],
      tags,
    },
    { provider },
  );
}

/** Never two tasks at once: they would share a bot token and a database. So the old one goes first. */
function assistantService(
  { name, tags, provider }: Common,
  args: EcsArgs,
  network: ec2.SecurityGroup,
  task: ecs.TaskDefinition,
  eraser: command.local.Command,
): ecs.Service {
  return new ecs.Service(
    "service",
    {
      name,
      cluster: args.foundation.clusterArn,
      taskDefinition: task.arn,
      desiredCount: args.replicas,
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      schedulingStrategy: "REPLICA",
      deploymentController: { type: "ECS" },
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      availabilityZoneRebalancing: "DISABLED",
      // Ends what fails again and again; brings nothing back that was not asked for.
      deploymentCircuitBreaker: { enable: true, rollback: false },
      networkConfiguration: {
        assignPublicIp: false,
        subnets: [...args.foundation.subnetIds],
        securityGroups: [network.id],
      },
      enableExecuteCommand: false,
      enableEcsManagedTags: false,
      propagateTags: "SERVICE",
      // The provider calls a rolled back deployment a success; the next step doesn't.
      waitForSteadyState: false,
      forceDelete: true,
      tags,
    },
    { provider, dependsOn: [eraser] },
  );
}

/** The service is what it says by itself: the task definition that runs is the one that was asked for, and healthy. */
function compareWithAsked(
  deploymentId: string,
  service: ecs.Service,
  task: ecs.TaskDefinition,
  args: EcsArgs,
): command.local.Command {
  const { region, clusterArn: cluster, logGroupName } = args.foundation;
  return new command.local.Command("readiness", {
    create: 'exec node "$BERTH_HOME/infra/aws/commands/settled.ts"',
    stdin: pulumi.jsonStringify({
      region,
      cluster,
      service: service.name,
      taskDefinition: task.arn,
      replicas: args.replicas,
      timeoutSeconds: args.startupTimeoutSeconds,
      deploymentId,
      logGroupName,
    }),
    triggers: [service.id, task.arn, args.replicas, args.operation],
  });
}
