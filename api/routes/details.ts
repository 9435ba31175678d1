// Who carries out the calls about details.
import type { RequestHandler } from "express";
import type { BotParts } from "../../stacks/deployments/bot-check.ts";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import type { DETAIL_CALLS } from "../contract/details.ts";
import { bot } from "./bot.ts";
import { image } from "./image.ts";
import { type OfferParts, offer } from "./offer.ts";
import { operationLog } from "./operation-log.ts";

type Parts = BotParts & Pick<LifecycleContext, "settings"> & OfferParts;

export function details(parts: Parts): Record<keyof typeof DETAIL_CALLS, RequestHandler> {
  return { offer: offer(parts), bot: bot(parts), image: image(parts), operationLog: operationLog(parts) };
}
