import type { RequestHandler, Response } from "express";
import { getDeployment } from "../../stacks/deployments.ts";
import { BerthError } from "../../stacks/errors.ts";
import { readLogs } from "../../stacks/look-inside.ts";
import type { Intake } from "../../stacks/requests.ts";
import { callerOf } from "../caller.ts";
import { LogsQuery } from "../contract.ts";
import { sendLines } from "../log-stream.ts";
import { parse } from "../problem.ts";
import { deploymentId } from "./deployment-id.ts";

const FOLLOW_MS = 15 * 60_000;
const FOLLOWERS_OF_A_KEY = 5;

/** GET /:id/logs: what the assistant has written, as text or as server-sent events. */
export function logs(parts: Pick<Intake, "sql" | "box" | "settings">): RequestHandler {
  const followers = new Map<string, number>();
  return async (request, response) => {
    const { accountId, keyId } = callerOf(response);
    const deployment = await getDeployment(parts.sql, accountId, deploymentId(request));
    const wanted = parse(LogsQuery, request.query);
    const closed = new AbortController();
    response.once("close", () => closed.abort());
    if (wanted.follow) countFollower(followers, keyId, response);
    const ends = { left: closed.signal, timeIsUp: AbortSignal.timeout(FOLLOW_MS) };
    const signal = AbortSignal.any([ends.left, ends.timeIsUp]);
    await sendLines(request, response, await readLogs(parts, deployment, wanted, signal), ends);
  };
}

function countFollower(followers: Map<string, number>, keyId: string, response: Response): void {
  const count = followers.get(keyId) ?? 0;
  if (count >= FOLLOWERS_OF_A_KEY) {
    response.set("Retry-After", "60");
    throw new BerthError(
      "RATE_LIMITED",
      `This key follows ${count} logs already, and may follow ${FOLLOWERS_OF_A_KEY}. End one of them first.`,
    );
  }
  followers.set(keyId, count + 1);
  response.once("close", () => {
    const left = (followers.get(keyId) ?? 1) - 1;
    if (left > 0) followers.set(keyId, left);
    else followers.delete(keyId);
  });
}
