// A provider in a process of its own: each request says in its query how many chunks it gets, and after how many milliseconds
// each. Started by ../gateway.ts.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const FIRST =
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1}}}\n\n';
const DELTA = `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${"some words ".repeat(4)}"}}\n\n`;
const LAST =
  'event: message_delta\ndata: {"type":"message_delta","delta":{},"usage":{"output_tokens":2000}}\n\n';

const server = createServer(async (request, response) => {
  for await (const _piece of request);
  const wish = /chunks-(\d+)-every-(\d+)/.exec(`${request.headers["anthropic-beta"]}`) ?? [];
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(FIRST);
  await chunks(response, Number(wish[1]), Number(wish[2]));
  response.end(LAST);
});

async function chunks(response: ServerResponse, count: number, everyMs: number): Promise<void> {
  for (let sent = 0; sent < count && !response.destroyed; sent++) {
    if (everyMs > 0) await sleep(everyMs);
    if (!response.write(DELTA))
      await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
  }
}

server.listen({ port: 0, host: "127.0.0.1", backlog: 1_024 }, () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on("disconnect", () => process.exit());
