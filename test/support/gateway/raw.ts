// Bytes on a socket as a test writes them: no client library would send them.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a server answers until it closes, or until nothing has come for a while. */
export async function sendRaw(port: number, text: string, quietMs = 1_500): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  let heardAt = performance.now();
  const closed = new Promise<true>((resolve) => socket.once("close", () => resolve(true)));
  socket
    .on("error", () => undefined)
    .on("data", (bytes) => {
      answer += bytes.toString("latin1");
      heardAt = performance.now();
    });
  socket.write(text);
  while (performance.now() - heardAt < quietMs) if (await Promise.race([closed, sleep(50)])) break;
  socket.destroy();
  return answer;
}
