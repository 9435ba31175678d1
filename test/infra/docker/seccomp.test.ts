// The filter of system calls: what it lets through as text, and what a container under it can do. OpenClaw's own image has what
// tries it out: perl, git and Node.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEFAULT_ASSISTANT_IMAGE } from "../../../infra/assistant/openclaw.ts";
import { hasProfile, seccompOption } from "../../../infra/docker/seccomp/option.ts";

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly { readonly index: number; readonly value: number; readonly op: string }[];
}

const FILE = new URL("../../../infra/docker/seccomp/profile.json", import.meta.url);
const PROFILE: {
  readonly defaultAction: string;
  readonly archMap: readonly object[];
  readonly syscalls: readonly Rule[];
} = JSON.parse(readFileSync(FILE, "utf8"));
const ALLOWED = PROFILE.syscalls.filter(({ action }) => action === "SCMP_ACT_ALLOW");
/** What the kernel answers to what is filtered. */
const EPERM = 1;

it("lets nothing through that it does not name, on 64 bit alone", () => {
  expect(PROFILE.defaultAction).toBe("SCMP_ACT_ERRNO");
  expect(PROFILE.archMap).toEqual([
    { architecture: "SCMP_ARCH_X86_64", subArchitectures: [] },
    { architecture: "SCMP_ARCH_AARCH64", subArchitectures: [] },
  ]);
  const names = ALLOWED.flatMap((rule) => rule.names);
  const refused =
    /^(io_uring_|bpf$|mount|umount|setns|unshare|keyctl|add_key|request_key|kexec|.*_module$|userfaultfd|perf_|socketcall|clone3)/;
  expect(names.filter((name) => refused.test(name))).toEqual([]);
});

it("of sockets those of the host itself, of IP and of the kernel's routes are left", () => {
  const rules = ALLOWED.filter(({ names }) => names.includes("socket"));
  const families = rules.map(({ names, args }) => [names, args]);
  const family = (value: number, op: string) => [["socket"], [{ index: 0, value, op }]];
  expect(families).toEqual([family(3, "SCMP_CMP_LT"), family(10, "SCMP_CMP_EQ"), family(16, "SCMP_CMP_EQ")]);
});

it("is told from the engine's own", () => {
  expect(hasProfile(["no-new-privileges", seccompOption()])).toBe(true);
  expect([hasProfile(null), hasProfile(["no-new-privileges", "seccomp=unconfined"])]).toEqual([false, false]);
});

describe.skipIf(!hasImage())("a container of OpenClaw's image (skipped without it)", () => {
  it("has no way to the host by vsock, no io_uring, and no odd sockets", () => {
    // io_uring_setup by number, which is the same on every machine.
    const script = `my $buffer = "\\0" x 256;
      for my $family (40, 38, 17, 29, 31, 44) { print socket(my $s, $family, 1, 0) ? "open" : $! + 0, " "; }
      print syscall(425, 8, $buffer) < 0 ? $! + 0 : "open", "\\n";`;
    expect(inside("perl", "-e", script)).toBe(`${`${EPERM} `.repeat(6)}${EPERM}\n`);
  });

  it("works with threads, children, sockets, pipes and watchers of Node's", () => {
    const script = `const { Worker } = require("node:worker_threads");
      const { execFileSync } = require("node:child_process");
      const { createServer, connect } = require("node:net");
      const fs = require("node:fs");
      const said = [];
      const say = (word) => said.push(word) === 5 && (console.log(said.sort().join(" ")), process.exit());
      new Worker("require('node:worker_threads').parentPort.postMessage(1)", { eval: true }).on("message", () => say("worker"));
      say(execFileSync("sh", ["-c", "echo child | cat"]).toString().trim());
      fs.watch("/tmp", () => watched());
      let watched = () => { watched = () => {}; say("watch"); };
      setTimeout(() => fs.writeFileSync("/tmp/file", "x"), 100);
      const server = createServer((socket) => socket.end("hi")).listen("/tmp/socket", () =>
        connect("/tmp/socket").on("data", () => say("unix")));
      const tcp = createServer((socket) => socket.end("hi")).listen(0, "127.0.0.1", () =>
        connect(tcp.address().port, "127.0.0.1").on("data", () => say(require("node:os").networkInterfaces().lo ? "tcp" : "no lo")));`;
    expect(inside("node", "-e", script)).toBe("child tcp unix watch worker\n");
  });

  it("works with git, and with what a browser asks of the kernel", () => {
    const git =
      "git init -q a && cd a && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git log --oneline | wc -l";
    expect(inside("sh", "-c", `cd /tmp && ${git}`).trim()).toBe("1");
    // Shared memory, a sealed file in memory, event descriptors, a filter of its own: the numbers are those of x86-64.
    const calls = {
      memfd_create: "319, $name, 2",
      eventfd2: "290, 0, 0",
      timerfd_create: "283, 1, 0",
      shmget: "29, 0, 4096, 950",
    };
    const script = Object.entries(calls)
      .map(([name, call]) => `print "${name} " if syscall(${call}) >= 0;`)
      .join("");
    const wanted = process.arch === "x64" ? Object.keys(calls).join(" ") : expect.any(String);
    expect(inside("perl", "-e", `my $name = "x"; ${script}`).trim()).toEqual(wanted);
  });

  function inside(...command: string[]): string {
    const [program = "", ...args] = command;
    const options = [
      "--rm",
      "--network=none",
      "--user=2100020000:2100020000",
      "--cap-drop=ALL",
      "--read-only",
    ];
    const security = ["--security-opt=no-new-privileges", `--security-opt=seccomp=${FILE.pathname}`];
    const run = [
      "run",
      ...options,
      ...security,
      "--tmpfs=/tmp",
      "--env=HOME=/tmp",
      `--entrypoint=${program}`,
    ];
    return execFileSync("docker", [...run, DEFAULT_ASSISTANT_IMAGE, ...args], {
      encoding: "utf8",
      timeout: 120_000,
    });
  }
});

function hasImage(): boolean {
  try {
    execFileSync("docker", ["image", "inspect", DEFAULT_ASSISTANT_IMAGE], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
