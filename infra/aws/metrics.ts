// What an assistant on AWS uses of its task's size, read from CloudWatch. ECS measures every minute, without a fee.
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { resourceName } from "../args.ts";
import type { Foundation } from "./args.ts";
import { clientOptions } from "./clients.ts";

const NAMES = { cpu: "CPUUtilization", memory: "MemoryUtilization" } as const;

export interface Usage {
  readonly at: Date;
  /** Percent of the task's CPUs and of its memory. */
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
}

/** Averages over that time, oldest first; a stopped assistant has none. */
export async function readMetrics(
  { region, clusterArn }: Foundation,
  deploymentId: string,
  {
    since,
    until,
    periodSeconds,
  }: { readonly since: Date; readonly until: Date; readonly periodSeconds: number },
): Promise<readonly Usage[]> {
  const client = new CloudWatchClient(clientOptions(region));
  const Dimensions = [
    { Name: "ClusterName", Value: clusterArn.split("/").at(-1) },
    { Name: "ServiceName", Value: resourceName(deploymentId) },
  ];
  const { MetricDataResults: results = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: since,
      EndTime: until,
      ScanBy: "TimestampAscending",
      MetricDataQueries: Object.entries(NAMES).map(([Id, MetricName]) => ({
        Id,
        MetricStat: {
          Metric: { Namespace: "AWS/ECS", MetricName, Dimensions },
          Period: periodSeconds,
          Stat: "Average",
        },
      })),
    }),
  );
  const usage = new Map<number, { at: Date; cpuPercent?: number; memoryPercent?: number }>();
  for (const { Id, Timestamps = [], Values = [] } of results) {
    for (const [index, at] of Timestamps.entries()) {
      const value = Values[index];
      if (value === undefined) continue;
      const point = usage.get(at.getTime()) ?? { at };
      usage.set(at.getTime(), { ...point, [Id === "cpu" ? "cpuPercent" : "memoryPercent"]: value });
    }
  }
  return [...usage.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}
