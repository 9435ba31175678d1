import { setTimeout as sleep } from "node:timers/promises";
import type { RequestHandler } from "express";
import type { Sql } from "../../stacks/database/database.ts";
import { notFound } from "../../stacks/errors.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { readLog } from "../../stacks/operations/operation-log.ts";
import { findOperation, findWithOperation } from "../../stacks/operations/operations.ts";
import { EventsHeaders } from "../contract/requests.ts";
import type { KeyParts } from "../middleware/authenticate.ts";
import { callerOf } from "../middleware/caller.ts";
import { AtOnce } from "../middleware/concurrency-limit.ts";
import { whenKeyEnds } from "../middleware/key-end.ts";
import { SharedReads } from "../middleware/shared-reads.ts";
import { deploymentId } from "./deployment-id.ts";
import { operationView } from "./deployment-view.ts";
import { beginEvents, sendEvent } from "./event-stream.ts";

const POLL_MS = 250;
const STREAMS_OF_AN_ACCOUNT = 50;

/** GET /:id/events: the log of the latest operation as server-sent events, until it has ended. */
export function events({
  sql,
  keyLookup,
}: Pick<LifecycleContext, "sql"> & Pick<KeyParts, "keyLookup">): RequestHandler {
  const streams = new AtOnce(STREAMS_OF_AN_ACCOUNT, "streams events");
  const polls = new SharedReads<Awaited<ReturnType<typeof poll>>>(POLL_MS);
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const found = await findWithOperation(sql, accountId, deploymentId(request));
    if (!found) throw notFound();
    // HEAD asks for no event.
    const operation = request.method === "HEAD" ? undefined : found.operation;
    streams.count(response);
    const keyEnds = whenKeyEnds(keyLookup, response);
    beginEvents(response);
    let sequence = EventsHeaders.parse(request.headers)["last-event-id"] ?? 0;
    while (operation && !response.closed) {
      if (keyEnds.aborted) {
        sendEvent(response, "end", JSON.stringify({ reason: "key_ended" }));
        break;
      }
      const { id } = operation;
      const after = sequence;
      const { current, entries } = await polls.get(`${id} ${after}`, () => poll(sql, id, after));
      for (const entry of entries) {
        sequence = entry.sequence;
        sendEvent(response, "log", JSON.stringify({ at: entry.at, ...entry.event }), sequence);
      }
      if (current?.finished_at) {
        sendEvent(response, "end", JSON.stringify(operationView(current)));
        break;
      }
      await sleep(POLL_MS);
    }
    response.end();
  };
}

/** The operation is read first: of one that has ended, the entries are all. */
async function poll(sql: Sql, id: string, sequence: number) {
  const current = await findOperation(sql, id);
  return { current, entries: await readLog(sql, id, sequence) };
}
