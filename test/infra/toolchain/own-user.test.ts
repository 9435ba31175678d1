// A plugin does what it is asked as its user: it listens to nobody else of the machine.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { commandProvider } from "../../../infra/toolchain/stand-ins/command-provider.ts";
import { ownerOf } from "../../../infra/toolchain/stand-ins/own-user.ts";
import { providerService } from "../../../infra/toolchain/stand-ins/provider.ts";
import { listen } from "../../../infra/toolchain/stand-ins/serve.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const NOBODY = 65_534;
/** What a plugin sends first, in bytes: nothing to whom it does not listen. */
const HEARD = "exec 3<>/dev/tcp/127.0.0.1/$1; timeout 5 head -c 9 <&3 | wc -c";

const from = { address: "127.0.0.1", port: 0xd431 };
const to = { address: "127.0.0.1", port: 0x1f90 };
const rest = (uid: number) => `00000000:00000000 00:00000000 00000000 ${uid}        0 4711 1 0000 20 4\n`;

it("who holds an open connection is the user of its own row", () => {
  const there = `   0: 0100007F:1F90 0100007F:D431 01 ${rest(0)}`;
  const here = `   1: 0100007F:D431 0100007F:1F90 01 ${rest(1001)}`;
  expect(ownerOf(HEAD + there + here, from, to)).toBe(1001);
});

it.each([
  ["a closed one, which the kernel gives to root", `   0: 0100007F:D431 0100007F:1F90 05 ${rest(0)}`],
  ["one of another address with the same ports", `   0: 0200007F:D431 0100007F:1F90 01 ${rest(0)}`],
  ["none", ""],
])("of %s nobody is known", (_what, row) => {
  expect(ownerOf(HEAD + row, from, to)).toBeUndefined();
});

it("a plugin answers its own user", async () => {
  expect(await heardBy(await listen(providerService(commandProvider)))).toBe("9");
});

it.runIf(process.getuid?.() === 0)("a plugin says nothing to another user of the machine", async () => {
  expect(await heardBy(await listen(providerService(commandProvider)), NOBODY)).toBe("0");
});

async function heardBy(port: number, uid = process.getuid?.()): Promise<string> {
  const asked = promisify(execFile)("bash", ["-c", HEARD, "heard", String(port)], { cwd: "/", uid });
  return (await asked).stdout.trim();
}
