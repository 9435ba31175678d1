// What an assistant on AWS has written, read from CloudWatch.
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Foundation } from "../args.ts";
import { clientOptions } from "./clients.ts";
import { ASSISTANT } from "./task-definition.ts";

export interface LogLine {
  readonly at: Date;
  readonly text: string;
}

export interface LogPage {
  /** Oldest first, of all tasks that the deployment has had. */
  readonly lines: readonly LogLine[];
  /** For the next page; absent on the last one. */
  readonly cursor?: string;
}

/** A page of the assistant's log. Empty if it has written nothing in that time. */
export async function readLogs(
  { region, logGroupName }: Foundation,
  deploymentId: string,
  page: { readonly since: Date; readonly limit: number; readonly cursor?: string },
): Promise<LogPage> {
  const client = new CloudWatchLogsClient(clientOptions(region));
  const prefix = `${deploymentId}/${ASSISTANT}/`;
  const { events = [], nextToken } = await client.send(
    new FilterLogEventsCommand({
      logGroupName,
      logStreamNamePrefix: prefix,
      startTime: page.since.getTime(),
      limit: page.limit,
      ...(page.cursor && { nextToken: page.cursor }),
    }),
  );
  // Whatever comes back: a customer is never shown another one's lines.
  const own = events.filter(({ logStreamName }) => logStreamName?.startsWith(prefix));
  const lines = own.map(({ timestamp = 0, message = "" }) => ({ at: new Date(timestamp), text: message }));
  return { lines, ...(nextToken && { cursor: nextToken }) };
}
