import { setTimeout as sleep } from "node:timers/promises";
import type { RequestHandler } from "express";
import { notFound } from "../../stacks/errors.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import { readLog } from "../../stacks/operations/operation-log.ts";
import { findOperation, findWithOperation } from "../../stacks/operations/operations.ts";
import { EventsHeaders } from "../contract/requests.ts";
import type { KeyParts } from "../middleware/authenticate.ts";
import { callerOf } from "../middleware/caller.ts";
import { whenKeyEnds } from "../middleware/key-end.ts";
import { deploymentId } from "./deployment-id.ts";
import { operationView } from "./deployment-view.ts";
import { beginEvents, sendEvent } from "./event-stream.ts";

const POLL_MS = 250;

/** GET /:id/events: the log of the latest operation as server-sent events, until it has ended. */
export function events({
  sql,
  keyLookup,
}: Pick<Intake, "sql"> & Pick<KeyParts, "keyLookup">): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const found = await findWithOperation(sql, accountId, deploymentId(request));
    if (!found) throw notFound();
    const { operation } = found;
    const keyEnds = whenKeyEnds(keyLookup, response);
    beginEvents(response);
    let sequence = EventsHeaders.parse(request.headers)["last-event-id"] ?? 0;
    while (operation && !response.closed) {
      if (keyEnds.aborted) {
        sendEvent(response, "end", JSON.stringify({ reason: "key_ended" }));
        break;
      }
      const current = await findOperation(sql, operation.id);
      for (const entry of await readLog(sql, operation.id, sequence)) {
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
