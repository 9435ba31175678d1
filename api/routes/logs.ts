import type { RequestHandler } from "express";
import { getDeployment } from "../../stacks/deployments/deployments.ts";
import { readLogs } from "../../stacks/deployments/logs-and-usage.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { LogsQuery } from "../contract/requests.ts";
import type { KeyParts } from "../middleware/authenticate.ts";
import { callerOf } from "../middleware/caller.ts";
import { AtOnce } from "../middleware/concurrency-limit.ts";
import { whenKeyEnds } from "../middleware/key-end.ts";
import { parse } from "../middleware/problem.ts";
import { deploymentId } from "./deployment-id.ts";
import { sendLines } from "./log-stream.ts";

const FOLLOW_MS = 15 * 60_000;
/** Of an account. Each costs the server's one thread what its assistant writes. */
const FOLLOWERS = 10;
const READERS = 10;

/** GET /:id/logs: what the assistant has written, as text or as server-sent events. */
export function logs(
  parts: Pick<LifecycleContext, "sql" | "box" | "settings"> & Pick<KeyParts, "keyLookup">,
): RequestHandler {
  const followers = new AtOnce(FOLLOWERS, "follows logs");
  const readers = new AtOnce(READERS, "reads logs");
  return async (request, response) => {
    const deployment = await getDeployment(parts.sql, callerOf(response).accountId, deploymentId(request));
    const query = parse(LogsQuery, request.query);
    const wanted = request.method === "HEAD" ? { ...query, follow: false, tail: 0 } : query;
    const closed = new AbortController();
    response.once("close", () => closed.abort());
    (wanted.follow ? followers : readers).count(response);
    const ends = {
      left: closed.signal,
      timeIsUp: AbortSignal.timeout(FOLLOW_MS),
      keyEnds: whenKeyEnds(parts.keyLookup, response),
    };
    const signal = AbortSignal.any(Object.values(ends));
    await sendLines(request, response, await readLogs(parts, deployment, wanted, signal), ends);
  };
}
