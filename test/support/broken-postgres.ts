// A server that speaks PostgreSQL's protocol just far enough to break a connection the way that a test wants.

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** Takes a client without a password, and is ready for its queries. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
const UNTIL_BROKEN_MS = 50;

/** A message that ends a connection. */
export function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from("E"), length, fields]);
}

/** @param breakIt what it does to a connection 50 ms after it has come about */
export async function startBrokenPostgres(
  breakIt: (socket: Socket) => void,
): Promise<{ url: string; close(): void }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(WELCOME);
      setTimeout(() => breakIt(socket), UNTIL_BROKEN_MS);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `postgres://berth@127.0.0.1:${port}/none`, close: () => void server.close() };
}
