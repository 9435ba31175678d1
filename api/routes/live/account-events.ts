import type { RequestHandler } from "express";
import { LiveHeaders, LiveQuery } from "../../contract/live.ts";
import { requireOperator } from "../../middleware/account-access.ts";
import type { KeyParts } from "../../middleware/authenticate.ts";
import { callerOf } from "../../middleware/caller.ts";
import { AtOnce } from "../../middleware/concurrency-limit.ts";
import { whenKeyEnds } from "../../middleware/key-end.ts";
import { parse } from "../../middleware/problem.ts";
import { beginEvents } from "../event-stream.ts";
import { type HubParts, LiveHub } from "./hub.ts";
import { LiveStream } from "./stream.ts";

const STREAMS_OF_AN_ACCOUNT = 100;

/** GET /events: every change of the account's deployments and operations; for the operator also everybody's. */
export function accountEvents(parts: HubParts & Pick<KeyParts, "keyLookup">): RequestHandler {
  const streams = new AtOnce(STREAMS_OF_AN_ACCOUNT, "streams the events of its deployments");
  let hub: LiveHub | undefined;
  return async (request, response) => {
    const caller = callerOf(response);
    const { accounts } = parse(LiveQuery, request.query);
    if (accounts === "all") requireOperator(caller, "follow all accounts' deployments");
    streams.count(response);
    const since = LiveHeaders.parse(request.headers)["last-event-id"];
    const stream = new LiveStream(response, accounts === "all" ? undefined : caller.accountId, since);
    hub ??= new LiveHub(parts);
    const joined = hub;
    beginEvents(response, () => stream.beat(joined.position));
    // HEAD asks for no event.
    if (request.method === "HEAD") return void response.end();
    whenKeyEnds(parts.keyLookup, response).addEventListener("abort", () => stream.end("key_ended"));
    response.once("close", () => joined.leave(stream));
    joined.join(stream);
  };
}
