// Whatever an assistant sends instead of an answer is an error of that request, at its signal at the latest, and nothing else.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { sendHttp } from "../../../infra/assistant/http-request.ts";
import { wholeText } from "../../../infra/assistant/whole-answer.ts";

it("an answer is its status, what it says it is and its text, and its connection is closed", async () => {
  const closed = Promise.withResolvers<void>();
  const asked = await ask((socket) => {
    socket.on("close", () => closed.resolve());
    socket.write(
      "HTTP/1.1 302 Found\r\nContent-Type: text/x\r\nLocation: /away\r\nContent-Length: 2\r\n\r\nhi",
    );
  }, 10_000);
  expect(asked).toEqual({ status: 302, contentType: "text/x", text: "hi" });
  await closed.promise;
});

it.each<[string, (socket: Socket) => void]>([
  ["nothing", () => {}],
  ["an end", (socket) => socket.end()],
  ["a reset", (socket) => socket.resetAndDestroy()],
  ["what is no HTTP", (socket) => socket.end("SSH-2.0-x\r\n")],
  ["hints without an end", (socket) => againAndAgain(socket, "HTTP/1.1 103 Early Hints\r\n\r\n")],
  ["headers without an end", (socket) => againAndAgain(socket, "X: y\r\n", "HTTP/1.1 200 OK\r\n")],
  [
    "another protocol",
    (socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
  ],
  ["half a body, and an end", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")],
  ["half a body, and a reset", (socket) => reset(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")],
  ["half a body, and no more", (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")],
])("%s is an error", async (_what, answer) => {
  await expect(ask(answer)).rejects.toThrow();
  // What came after it would have ended this process.
  await sleep(50);
});

it("a port that nobody listens on is known by its code", async () => {
  const asked = sendHttp("http://127.0.0.1:1/", { signal: AbortSignal.timeout(5_000) });
  await expect(asked).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

async function ask(answer: (socket: Socket) => void, timeoutMs = 300) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    socket.once("data", () => answer(socket));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { body, ...said } = await sendHttp(url, { signal: AbortSignal.timeout(timeoutMs) });
  return { ...said, text: await wholeText(body, 1_000) };
}

function againAndAgain(socket: Socket, piece: string, first = ""): void {
  socket.write(first);
  const every = setInterval(() => socket.write(piece), 5);
  socket.on("close", () => clearInterval(every));
}

function reset(socket: Socket, beginning: string): void {
  socket.write(beginning, () => setTimeout(() => socket.resetAndDestroy(), 20));
}
