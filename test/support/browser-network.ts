// The program in front of a browser in a network of its own, of which a port leads to a socket of the tests. Of a network
// that it sees change, as this host's does with each container, Chromium breaks off all that it loads.
import { execFileSync, spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream";

const [port, socket = "", browser = "", ...args] = process.argv.slice(2);

ip("link", "set", "lo", "up");
// Where there is none but the loopback, Chromium calls itself offline.
ip("link", "add", "near", "type", "veth", "peer", "name", "far");
ip("address", "add", "192.0.2.1/24", "dev", "near");
// Addresses of their own would come a second later, and be a change.
for (const link of ["near", "far"]) ip("link", "set", link, "addrgenmode", "none");
for (const link of ["far", "near"]) ip("link", "set", link, "up");

const server = createServer({ allowHalfOpen: true }, (from) => {
  const to = connect({ path: socket, allowHalfOpen: true });
  pipeline(from, to, from, () => {});
});
server.listen(Number(port), "127.0.0.1", () => {
  // Its caller speaks with it by the descriptors 3 and 4.
  spawn(browser, args, { stdio: Array(5).fill("inherit") })
    .once("error", (error) => {
      throw error;
    })
    .once("exit", (code) => process.exit(code ?? 1));
});

function ip(...words: readonly string[]): void {
  execFileSync("ip", words);
}
