// The program inside openInternet: every name has the address given first, and says on stdout who came where.
import { createServer } from "node:net";
import { answerNames } from "./names.ts";

const PORTS = [25, 80, 443];

const [address = "", ...nameservers] = process.argv.slice(2);
await answerNames(nameservers, () => address);
for (const port of PORTS) {
  const server = createServer((socket) => {
    console.log(`${socket.localAddress}:${port}`);
    socket.on("error", () => {});
    socket.end("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  await new Promise<void>((resolve) => server.listen(port, "0.0.0.0", resolve));
}
console.log("ready");
