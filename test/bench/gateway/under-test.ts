// The gateway in a process of its own, for ../gateway.ts, which gives it the fake provider's address.
import { openGateway } from "../../../infra/gateway/gateway.ts";
import { listen, openPathsServer } from "../../../infra/gateway/listener.ts";
import { MemoryAccess } from "../../support/gateway/memory-access.ts";

const access = new MemoryAccess();
const gateway = openGateway({ access, baseUrls: { anthropic: process.argv[2] ?? "" } });
const { port } = await listen(openPathsServer(gateway), 0, "127.0.0.1");
process.send?.({ port });
/** Its memory after a collection, and what it has counted. */
process.on("message", () => {
  globalThis.gc?.();
  const output = access.settled.map(({ usage }) => usage?.output);
  process.send?.({
    rss: process.memoryUsage.rss(),
    counted: output.filter((tokens) => tokens === 2_000).length,
  });
});
process.on("disconnect", () => process.exit());
