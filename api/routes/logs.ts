import { once } from "node:events";
import type { Request, RequestHandler, Response } from "express";
import { getDeployment } from "../../stacks/deployments.ts";
import { BerthError } from "../../stacks/errors.ts";
import { type InsightOf, readLogs } from "../../stacks/look-inside.ts";
import type { Intake } from "../../stacks/requests.ts";
import { callerOf } from "../caller.ts";
import { LogsQuery } from "../contract.ts";
import { parse } from "../problem.ts";
import { deploymentId } from "./deployment-id.ts";

const FOLLOW_MS = 15 * 60_000;
const FOLLOWERS_OF_A_KEY = 5;
const KEEP_ALIVE_MS = 15_000;

/** GET /:id/logs: what the assistant has written, as text or as server-sent events. */
export function logs(
  parts: Pick<Intake, "sql" | "box" | "settings"> & { readonly insightOf: InsightOf },
): RequestHandler {
  const followers = new Map<string, number>();
  return async (request, response) => {
    const { accountId, keyId } = callerOf(response);
    const deployment = await getDeployment(parts.sql, accountId, deploymentId(request));
    const wanted = parse(LogsQuery, request.query);
    const closed = new AbortController();
    response.once("close", () => closed.abort());
    if (wanted.follow) countFollower(followers, keyId, response);
    const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(FOLLOW_MS)]);
    await answer(request, response, await readLogs(parts, deployment, wanted, signal), signal);
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

async function answer(
  request: Request,
  response: Response,
  lines: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const isEvents = request.accepts(["text/plain", "text/event-stream"]) === "text/event-stream";
  const type = isEvents ? "text/event-stream" : "text/plain; charset=utf-8";
  response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" });
  response.flushHeaders();
  const keepAlive = isEvents
    ? setInterval(() => response.write(": still here\n\n"), KEEP_ALIVE_MS)
    : undefined;
  try {
    for await (const line of lines) {
      const hasRoom = response.write(isEvents ? `event: log\ndata: ${line}\n\n` : `${line}\n`);
      if (!hasRoom) await once(response, "drain", { signal });
    }
    if (isEvents) response.write("event: end\ndata: {}\n\n");
  } catch (error) {
    // The engine may go away in the middle, too: the answer just ends there.
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(keepAlive);
    response.end();
  }
}
