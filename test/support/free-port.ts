// A port of loopback that nobody listens on, and that nobody is given who asks for any port: it is below Linux's own range of
// those. So it is still free when a program that is started with it gets there.
import { once } from "node:events";
import { createServer } from "node:net";

const FIRST = 25_000;
const COUNT = 2_000;
/** Two test files at once look at different ones. */
let next = (process.pid * 37) % COUNT;

export async function freePort(): Promise<number> {
  return freePorts(1);
}

/** The first of so many, one after the other. */
export async function freePorts(count: number): Promise<number> {
  for (let tried = 0; tried < COUNT; tried += count) {
    const first = FIRST + (next % (COUNT - count));
    next += count;
    const areFree = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)));
    if (areFree.every(Boolean)) return first;
  }
  throw new Error(`All ports from ${FIRST} on are taken.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const listens = await once(server, "listening").then(
    () => true,
    () => false,
  );
  await new Promise((resolve) => server.close(resolve));
  return listens;
}
