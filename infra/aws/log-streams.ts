// An assistant's log in CloudWatch: a stream for each task that it has had. Streams are read by their tokens, which lose
// and repeat nothing, and not by FilterLogEvents: that has the lowest quota of all calls, and no way to the last lines.
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  type LogStream,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogLine } from "../assistant/log-lines.ts";
import { Pace } from "../pace/pace.ts";
import type { Foundation } from "./args.ts";
import { clientOptions } from "./clients.ts";
import { ASSISTANT } from "./task-definition.ts";

/** By one process, of the 10 or more that a region allows everybody. */
const CALLS_PER_SECOND = 5;
/** A task more than this many pages of 50 is not found by its name any more. */
const MOST_PAGES = 20;

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Gives what comes before and after these; the same again where there is nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export type PageWanted = Pick<
  GetLogEventsCommandInput,
  "limit" | "startTime" | "startFromHead" | "nextToken"
>;

export class LogStreams {
  readonly #client: CloudWatchLogsClient;
  readonly #logGroupName: string;
  readonly #pace = new Pace(CALLS_PER_SECOND);

  constructor({ region, logGroupName }: Pick<Foundation, "region" | "logGroupName">) {
    this.#client = new CloudWatchLogsClient(clientOptions(region));
    this.#logGroupName = logGroupName;
  }

  /** Names of the streams of a deployment's assistant, that of the latest task first. */
  async list(deploymentId: string, abortSignal: AbortSignal): Promise<string[]> {
    const found: LogStream[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page === 0 || (nextToken && page < MOST_PAGES); page++) {
      await this.#pace.turn(abortSignal);
      const asked = new DescribeLogStreamsCommand({
        logGroupName: this.#logGroupName,
        logStreamNamePrefix: streamName(deploymentId, ""),
        nextToken,
      });
      const answer = await this.#client.send(asked, { abortSignal });
      found.push(...(answer.logStreams ?? []));
      nextToken = answer.nextToken;
    }
    const latestFirst = found.toSorted((a, b) => (b.creationTime ?? 0) - (a.creationTime ?? 0));
    return latestFirst.flatMap(({ logStreamName }) => logStreamName ?? []);
  }

  async read(logStreamName: string, wanted: PageWanted, abortSignal: AbortSignal): Promise<LogPage> {
    await this.#pace.turn(abortSignal);
    const asked = new GetLogEventsCommand({ logGroupName: this.#logGroupName, logStreamName, ...wanted });
    const answer = await this.#client.send(asked, { abortSignal });
    const lines = (answer.events ?? []).map(({ message = "", timestamp }) => ({
      at: timestamp === undefined ? null : new Date(timestamp).toISOString(),
      text: message,
    }));
    return { lines, before: answer.nextBackwardToken, after: answer.nextForwardToken };
  }

  /** The last lines of one task's container, the assistant's if none is named; none if it has written nothing. */
  async lastLines(
    deploymentId: string,
    taskId: string,
    { limit, container = ASSISTANT }: { readonly limit: number; readonly container?: string },
    abortSignal: AbortSignal,
  ): Promise<readonly string[]> {
    try {
      const stream = streamName(deploymentId, taskId, container);
      return (await this.read(stream, { limit }, abortSignal)).lines.map(({ text }) => text);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  }
}

/** As the log driver names it: its prefix, the container's name, the task's id. */
function streamName(deploymentId: string, taskId: string, container = ASSISTANT): string {
  return `${deploymentId}/${container}/${taskId}`;
}
