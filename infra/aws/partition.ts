// AWS in China and for the US government is an AWS of its own: its ARNs and some of its names differ.
import { partition } from "@aws-sdk/core/client";

/** How the ARNs of a region begin. */
export function arn(region: string): `arn:${string}` {
  return `arn:${partition(region).name}`;
}

/** The principal of CloudWatch's logs. That of ECS's tasks is `ecs-tasks.amazonaws.com` everywhere. */
export function logsPrincipal(region: string): string {
  return `logs.${region}.${partition(region).dnsSuffix}`;
}

/** How KMS names the service that asks it for someone. In China either form may be it, so both are named. */
export function askedBy(service: "secretsmanager" | "s3", region: string): string | readonly string[] {
  const name = (suffix: string) => `${service}.${region}.${suffix}`;
  const { dnsSuffix } = partition(region);
  const everywhere = "amazonaws.com";
  return dnsSuffix === everywhere ? name(everywhere) : [name(dnsSuffix), name(everywhere)];
}
