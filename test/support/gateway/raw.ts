// Bytes on a socket as a test writes them: no client library would send them.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const TICK_MS = 50;

/** What a server answers until it closes, or until nothing has come for a while. */
export async function sendRaw(port: number, text: string, quietMs = 1_500): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  let quiet = 0;
  const closed = new Promise<true>((resolve) => socket.once("close", () => resolve(true)));
  socket
    .on("error", () => undefined)
    .on("data", (bytes) => {
      answer += bytes.toString("latin1");
      quiet = 0;
    });
  socket.write(text);
  // In time that this process had: the server is in it, too.
  for (; quiet < quietMs; quiet += TICK_MS) if (await Promise.race([closed, sleep(TICK_MS)])) break;
  socket.destroy();
  return answer;
}
