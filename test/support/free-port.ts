// A port of loopback that nobody listens on, and that nobody is given who asks for any port: it is below Linux's own range of
// those. So it is still free when a program that is started with it gets there.
import { once } from "node:events";
import { createServer } from "node:net";

const FIRST = 25_000;
const COUNT = 2_000;
/** Two test files at once look at different ones. */
let next = (process.pid * 37) % COUNT;

export async function freePort(): Promise<number> {
  for (let tried = 0; tried < COUNT; tried++) {
    const port = FIRST + (next++ % COUNT);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
  throw new Error(`All ports from ${FIRST} on are taken.`);
}
