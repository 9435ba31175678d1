// What lies outside of a cluster: addresses of its control plane's machine, through which its nodes reach everything else.
import type { Machine } from "./machine.ts";
import type { Program } from "./program.ts";

/** One that is nobody's special range. It ends on that machine, which leads nowhere. */
export const PUBLIC_ADDRESS = "11.65.66.67";
export const METADATA_ADDRESS = "169.254.169.254";
const PORTS = [25, 80, 443];
/** Says "hi" and hangs up. */
const PROGRAM = `const { createServer } = await import("node:net");
for (const port of ${JSON.stringify(PORTS)}) createServer((socket) => socket.on("error", () => {}).end("hi")).listen(port);`;
const READY_MS = 30_000;

export async function startOutside(control: Machine): Promise<Program> {
  for (const address of [PUBLIC_ADDRESS, METADATA_ADDRESS])
    await control.run(["ip", "address", "add", `${address}/32`, "dev", "lo"]);
  const program = control.start("outside", [process.execPath, "--input-type=module", "--eval", PROGRAM]);
  const listening = async () => (await control.run(["cat", "/proc/net/tcp6"])).includes(":0019 ");
  await program.ready(listening, READY_MS);
  return program;
}
