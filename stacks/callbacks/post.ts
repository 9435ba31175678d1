// One POST to a customer's URL, which may be anybody's: checked again, dialled at the checked address only, bounded in
// time and size, redirects and proxies ignored. The answer's status is all that is taken from it.
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import ipaddr from "ipaddr.js";
import { addressesOf, bareHostname, type CallbackNetwork, portOf, Refused } from "./network.ts";
import { refuseCallbackUrl } from "./url.ts";

/** In all: resolving, connecting, the answer's head and body. */
const DEADLINE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_BODY = 16_384;
const MAX_HEADERS = 16_384;
/** Answers such as 103 (Early Hints), which go before the real one. Each costs this process more than its sender. */
const MAX_INFORMATION = 10;

export interface Answer {
  readonly statusCode: number;
  readonly retryAfter: string | undefined;
}

/** @throws Error, for the operator's eyes, when no valid answer came from an address that may be dialled. */
export async function postCallback(
  network: CallbackNetwork,
  text: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const refusal = refuseCallbackUrl(network, text);
  if (refusal) throw new Refused(refusal);
  const url = new URL(text);
  const addresses = await addressesOf(network, url);
  return send(open(url, addresses, headers, deadline), addresses, body);
}

function open(
  url: URL,
  addresses: readonly string[],
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): ClientRequest {
  const host = bareHostname(url);
  return request({
    method: "POST",
    host,
    port: portOf(url),
    path: url.pathname + url.search,
    // An agent of its own: no connection is used twice, and no proxy is asked.
    agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
    lookup: answerWith(addresses),
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    maxHeaderSize: MAX_HEADERS,
    signal,
    headers: {
      ...headers,
      host: url.host.replace(/\.(?=:|$)/, ""),
      "accept-encoding": "identity",
      "content-type": "application/json",
      "user-agent": "Berth",
    },
  });
}

/** Node asks this instead of the system. It does not for an IP address, which is checked as it stands. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, { all }, callback) => {
    if (all) callback(null, answers);
    else callback(null, answers[0]?.address ?? "", answers[0]?.family);
  };
}

function send(outgoing: ClientRequest, addresses: readonly string[], body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answer: Answer | undefined;
    let failure = new Error("The connection was closed without an answer.");
    const connecting = setTimeout(
      () => outgoing.destroy(new Error("The connection was not made in time.")),
      CONNECT_TIMEOUT_MS,
    );
    outgoing.on("socket", (socket) => {
      socket.once("connect", () => assertChecked(socket, addresses));
      socket.once("secureConnect", () => clearTimeout(connecting));
    });
    let information = 0;
    outgoing.on("information", () => {
      information++;
      if (information > MAX_INFORMATION) outgoing.destroy(new Error("Too many informational answers came."));
    });
    outgoing.on("response", (response) => {
      // It may have come in one piece with what it was given up for.
      if (outgoing.destroyed) return void response.destroy();
      answer = { statusCode: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] };
      drain(response);
    });
    outgoing.on("error", (error) => {
      failure = error;
    });
    outgoing.on("close", () => {
      clearTimeout(connecting);
      if (answer) resolve(answer);
      else reject(failure);
    });
    outgoing.end(body);
  });
}

function assertChecked(socket: Socket, addresses: readonly string[]): void {
  const plain = (address: string) => ipaddr.process(address).toString();
  if (socket.remoteAddress && addresses.map(plain).includes(plain(socket.remoteAddress))) return;
  socket.destroy(new Error("The connection was made to an address that was not checked."));
}

/** The status is known: a polite receiver may finish its answer, an endless one is cut off. */
function drain(response: IncomingMessage): void {
  let received = 0;
  response.on("error", () => {});
  response.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > MAX_BODY) response.destroy();
  });
}
