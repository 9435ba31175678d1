// What is looked at before a request goes on: what it is for, that its body is what it says, and that it names one model.
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { ModelProvider } from "../assistant/openclaw.ts";
import type { Asked } from "./asked.ts";
import { doubled } from "./headers.ts";
import type { RefusalText } from "./refusal.ts";
import { type Form, readTarget, type Target } from "./request-target.ts";

/** Ends the handling of a request. */
export class Refused extends Error {
  readonly provider: ModelProvider | null;
  readonly refusal: RefusalText;

  constructor(provider: ModelProvider | null, refusal: RefusalText) {
    super(refusal.message);
    this.provider = provider;
    this.refusal = refusal;
  }
}

/** @throws Refused */
export function targetOf(form: Form, request: IncomingMessage): Target {
  const { method = "", url = "", headers, socket } = request;
  const servername = (socket as Partial<TLSSocket>).servername || undefined;
  const target = readTarget(form, { method, url, host: headers.host, servername });
  if (!("route" in target)) throw new Refused(target.provider, target);
  const twice = doubled(request);
  if (twice)
    throw new Refused(target.provider, { status: 400, message: `This header is there twice: ${twice}` });
  if (headers.upgrade !== undefined)
    throw new Refused(target.provider, { status: 400, message: "The model gateway speaks HTTP alone." });
  return target;
}

/** What a body is said to be must be what it is read as. @throws Refused */
export function checkBodyHeaders(
  { provider, route }: Pick<Target, "provider" | "route">,
  { headers }: IncomingMessage,
): void {
  const type = headers["content-type"] ?? "";
  const isRight = {
    none: true,
    json: /^application\/json\b/i.test(type),
    multipart: /^multipart\/form-data\b/i.test(type),
  };
  if (!isRight[route.body])
    throw new Refused(provider, { status: 400, message: `This request takes ${route.body}.` });
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(type)?.[1] ?? "utf-8";
  if (!/^utf-?8$/i.test(charset))
    throw new Refused(provider, { status: 400, message: "The model gateway reads UTF-8 alone." });
  if ((headers["content-encoding"] ?? "identity") !== "identity")
    throw new Refused(provider, { status: 400, message: "The model gateway takes no compressed requests." });
}

/** @throws Refused when there is none, or two that differ */
export function modelOf({ provider, route, model: inPath }: Target, { model: inBody }: Asked): string | null {
  if (route.kind === "list") return null;
  const model = inPath ?? inBody;
  const isOne = inPath === undefined || inBody === undefined || inBody.replace(/^models\//, "") === inPath;
  if (model === undefined || !isOne)
    throw new Refused(provider, { status: 400, message: "The request doesn't name one model." });
  return model;
}
