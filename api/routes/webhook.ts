import type { Request, RequestHandler } from "express";
import type { Logger } from "pino";
import type { LifecycleContext } from "../../stacks/operations/enqueue.ts";
import { hear } from "../../stacks/payments/notices.ts";
import type { Polar } from "../../stacks/payments/polar.ts";

const HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

/** POST /webhooks/polar: what Polar reports by itself. 202 means that it is written down, or of no concern. */
export function polarWebhook(
  context: LifecycleContext & { readonly log: Logger },
  polar: Polar,
): RequestHandler {
  return async (request, response) => {
    const body: unknown = request.body;
    const notice = await polar.readWebhook(
      Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      signature(request),
    );
    const deployment = notice && (await hear(context, notice));
    if (notice && deployment) {
      const { type, says } = notice;
      const { id, status } = deployment;
      context.log.info({ deployment: id, status, type, says }, "payment notice taken");
      if (says === "bought" && status === "deleted")
        context.log.error(
          { deployment: id, order: notice.orderId },
          "a deleted slot was paid: refund the order",
        );
    }
    response.status(202).json({ ok: true });
  };
}

function signature(request: Request): Record<string, string> {
  return Object.fromEntries(HEADERS.map((name) => [name, request.header(name) ?? ""]));
}
