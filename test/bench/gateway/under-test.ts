// The gateway in a process of its own, for ../gateway.ts, which gives it the fake provider's address, and says whether it has
// real books.
import { openGateway } from "../../../infra/gateway/gateway.ts";
import { listen, openPathsServer } from "../../../infra/gateway/listener.ts";
import { MemoryAccess, TOKEN } from "../../support/gateway/memory-access.ts";
import { openBooks } from "./books.ts";

const TOKENS = 2_000;
const [url = "", kind] = process.argv.slice(2);

const { access, token, counted, close } = kind === "books" ? await openBooks() : inMemory();
const gateway = openGateway({ access, baseUrls: { anthropic: url } });
const { port } = await listen(openPathsServer(gateway), 0, "127.0.0.1");
process.send?.({ port, token });
/** Its memory after a collection, and what it has counted. */
process.on("message", async () => {
  globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage.rss(), counted: await counted(TOKENS) });
});
process.on("disconnect", async () => {
  await close();
  process.exit();
});

function inMemory() {
  const access = new MemoryAccess();
  return {
    access,
    token: TOKEN,
    counted: async (output: number) => access.settled.filter(({ usage }) => usage?.output === output).length,
    close: async () => {},
  };
}
