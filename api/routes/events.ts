import { setTimeout as sleep } from "node:timers/promises";
import type { RequestHandler } from "express";
import { notFound } from "../../stacks/errors.ts";
import type { Intake } from "../../stacks/operations/enqueue.ts";
import { readLog } from "../../stacks/operations/operation-log.ts";
import { findOperation, findWithOperation } from "../../stacks/operations/operations.ts";
import { EventsHeaders } from "../contract/requests.ts";
import { callerOf } from "../middleware/caller.ts";
import { deploymentId } from "./deployment-id.ts";
import { operationView } from "./deployment-view.ts";

const POLL_MS = 250;
const KEEP_ALIVE_EVERY = 60;

/** GET /:id/events: the log of the latest operation as server-sent events, until it has ended. */
export function events({ sql }: Pick<Intake, "sql">): RequestHandler {
  return async (request, response) => {
    const { accountId } = callerOf(response);
    const found = await findWithOperation(sql, accountId, deploymentId(request));
    if (!found) throw notFound();
    const { operation } = found;
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    let sequence = EventsHeaders.parse(request.headers)["last-event-id"] ?? 0;
    for (let turn = 0; operation && !response.closed; turn++) {
      const current = await findOperation(sql, operation.id);
      for (const entry of await readLog(sql, operation.id, sequence)) {
        sequence = entry.sequence;
        response.write(
          `id: ${sequence}\nevent: log\ndata: ${JSON.stringify({ at: entry.at, ...entry.event })}\n\n`,
        );
      }
      if (current?.finished_at) {
        response.write(`event: end\ndata: ${JSON.stringify(operationView(current))}\n\n`);
        break;
      }
      if (turn % KEEP_ALIVE_EVERY === 0) response.write(": still running\n\n");
      await sleep(POLL_MS);
    }
    response.end();
  };
}
