// A proxy between the client and the fake provider that only passes on: it looks at nothing and counts nothing. What the model
// gateway can't go below. Started by ../gateway.ts.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, type Dispatcher } from "undici";

const [origin = ""] = process.argv.slice(2);
const agent = new Agent();

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  const { "anthropic-beta": wish, "content-type": type } = request.headers;
  const headers = { "anthropic-beta": `${wish}`, "content-type": `${type}` };
  const asked = { origin, path: request.url ?? "/", method: "POST", headers, body } as const;
  agent.dispatch(asked, passedTo(response));
});

/** As the gateway does, what one packet has brought goes on in one. */
function passedTo(response: ServerResponse): Dispatcher.DispatchHandler {
  let pieces: Buffer[] = [];
  const write = (controller: Dispatcher.DispatchController) => {
    const bytes = Buffer.concat(pieces);
    pieces = [];
    if (bytes.length === 0 || response.write(bytes)) return;
    controller.pause();
    response.once("drain", () => controller.resume());
  };
  return {
    onRequestStart() {},
    onResponseStart: (_controller, status, headers) =>
      void response.writeHead(status, { "content-type": `${headers["content-type"]}` }),
    onResponseData(controller, piece) {
      if (pieces.push(piece) === 1) queueMicrotask(() => write(controller));
    },
    onResponseEnd(controller) {
      write(controller);
      response.end();
    },
    onResponseError: () => void response.destroy(),
  };
}

server.listen({ port: 0, host: "127.0.0.1", backlog: 1_024 }, () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on("disconnect", () => process.exit());
