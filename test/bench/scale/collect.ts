// Has a server's V8 collect its garbage: what it still takes then is what it needs. Node begins to listen for a debugger, on
// loopback, when it gets a signal.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const DEBUGGER = "http://127.0.0.1:9229/json/list";
const SETTLED_AFTER_MS = 2_000;

/** @throws Error when its debugger does not answer */
export async function collectGarbage(pid: number): Promise<void> {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await openedDebugger());
  await once(socket, "open");
  const answer = await send(socket, "Runtime.evaluate", { expression: "process.pid" });
  if (!answer.includes(`"value":${pid}`))
    throw new Error(`Port 9229 of loopback is another debugger's than that of process ${pid}: ${answer}`);
  await send(socket, "HeapProfiler.collectGarbage", {});
  // Another server's listens at the same port next. This one's ends once nobody is connected.
  const expression = "setImmediate(() => process.getBuiltinModule('inspector').close())";
  await send(socket, "Runtime.evaluate", { expression });
  socket.close();
  await sleep(SETTLED_AFTER_MS);
}

async function openedDebugger(): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    await sleep(100);
    const response = await fetch(DEBUGGER).catch(() => undefined);
    const [target] = ((await response?.json()) ?? []) as { webSocketDebuggerUrl: string }[];
    if (target) return target.webSocketDebuggerUrl;
  }
  throw new Error("No debugger answers on loopback, port 9229.");
}

async function send(socket: WebSocket, method: string, params: object): Promise<string> {
  const answered = once(socket, "message");
  socket.send(JSON.stringify({ id: 1, method, params }));
  const [{ data }] = (await answered) as [MessageEvent];
  return String(data);
}
