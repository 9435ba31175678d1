// What HTTP itself refuses, before there is a call: it is answered in the shape of every other error, and the connection
// is closed, as Node does it by itself with no body.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ErrorCode } from "../stacks/errors.ts";

const JSON_TYPE = "application/json; charset=utf-8";

interface Refusal {
  readonly status: string;
  readonly code: ErrorCode;
  readonly message: string;
}

const NO_HTTP: Refusal = {
  status: "400 Bad Request",
  code: "INVALID_REQUEST",
  message: "This is no HTTP request that can be understood. Nothing was changed.",
};
const UNMET: Refusal = {
  status: "417 Expectation Failed",
  code: "INVALID_REQUEST",
  message: "The header Expect may ask for 100-continue only. Nothing was changed.",
};
/** By the code of Node's error. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408 Request Timeout",
    code: "INVALID_REQUEST",
    message: "The request took too long: its headers may take 10 s, all of it 20 s. Nothing was changed.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: "413 Payload Too Large",
    code: "PAYLOAD_TOO_LARGE",
    message: "The extensions of the body's chunks are too large. Nothing was changed.",
  },
  HPE_HEADER_OVERFLOW: {
    status: "431 Request Header Fields Too Large",
    code: "INVALID_REQUEST",
    message: "The headers are larger than 16 KiB. Nothing was changed.",
  },
};

export function answerNoCalls(server: Server): void {
  const latest = new WeakMap<Socket, ServerResponse>();
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
  });
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
    response.statusCode = 417;
    response.setHeader("Content-Type", JSON_TYPE).setHeader("Connection", "close").end(body(UNMET));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = latest.get(socket);
    const isAnswering = response !== undefined && !response.writableFinished && response.headersSent;
    // Half of another answer may be out: nothing can follow it.
    if (socket.writable && !isAnswering) socket.write(answer(REFUSALS[error.code ?? ""] ?? NO_HTTP));
    socket.destroy();
  });
}

function body({ code, message }: Refusal): string {
  return JSON.stringify({ error: { code, message } });
}

function answer(refusal: Refusal): string {
  const text = body(refusal);
  const headers = [
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  return `HTTP/1.1 ${refusal.status}\r\n${headers.join("\r\n")}\r\n\r\n${text}`;
}
