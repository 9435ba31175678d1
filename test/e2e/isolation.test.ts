// What an assistant can't do to its host, its neighbours and the networks around, tried from inside a running one. Beside
// it an ordinary container, which no rule of Berth is about, shows that what is refused is there to be reached.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type Dockerode from "dockerode";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bridgeName } from "../../infra/docker/bridge.ts";
import { readNameservers } from "../../infra/docker/host-rules/nameservers.ts";
import { GATEWAY_PORT, NEW_AT_ONCE } from "../../infra/docker/host-rules/rules.ts";
import { MOST_PROCESSES } from "../../infra/docker/limit-processes.ts";
import { seccompOption } from "../../infra/docker/seccomp/option.ts";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker, inside } from "../support/docker.ts";
import { type Internet, openInternet, PUBLIC_ADDRESS } from "../support/internet.ts";
import { cells } from "../support/matrix.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const SLICE = 1;
const NETWORK = `10.214.${SLICE}`;
const ORDINARY = `berth-test-ordinary-${SLICE}`;
const ORDINARY_BRIDGE = `bt${SLICE}-ordinary`;
const MIB = 1024 * 1024;
const MEMORY_MIB = 128;

/** A packet to each of 6,000 ports. */
const FLOOD = `const socket = require("node:dgram").createSocket("udp4");
  let port = 10000;
  const send = () => port < 16000 ? socket.send("x", port++, "${PUBLIC_ADDRESS}", send) : socket.close();
  send();`;

const isRoot = process.getuid?.() === 0;

interface Assistant {
  readonly id: string;
  readonly address: string;
  /** The host's address on its bridge. */
  readonly gateway: string;
  readonly bridge: string;
  readonly hostPort: number;
}

let berth: TestBerth;
let own: Assistant;
let neighbour: Assistant;
let image: string;
beforeAll(async () => {
  image = (await ensureTinyImages()).healthy;
  berth = await startTestBerth(SLICE, {
    BERTH_ASSISTANT_IMAGE: image,
    BERTH_MEMORY_MIB: String(MEMORY_MIB),
    BERTH_RUNTIME: "io.containerd.runc.v2",
  });
  [own, neighbour] = await Promise.all([activated(), activated()]);
});
afterAll(() => berth.close());

describe.skipIf(!isRoot)("host rules (skipped without root, which setting them needs)", () => {
  let internet: Internet;
  let hostPort: Server;
  const reachedHost: string[] = [];

  beforeAll(async () => {
    internet = await openInternet(SLICE, [own.bridge, ORDINARY_BRIDGE]);
    await removeOrdinary();
    await docker.createNetwork({
      Name: ORDINARY,
      IPAM: { Config: [{ Subnet: `${NETWORK}.240/28` }] },
      Options: { "com.docker.network.bridge.name": ORDINARY_BRIDGE },
    });
    const ordinary = await docker.createContainer({
      name: ORDINARY,
      Image: image,
      HostConfig: { NetworkMode: ORDINARY },
    });
    await ordinary.start();
    hostPort = createServer((socket) => {
      reachedHost.push(`${socket.remoteAddress}`);
      socket.end("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    });
    await new Promise<void>((resolve) => hostPort.listen(0, own.gateway, resolve));
  });
  afterAll(async () => {
    hostPort.close();
    await removeOrdinary();
    internet.close();
  });

  it.concurrent.each(
    cells(
      [
        ["cloud metadata", "169.254.169.254"],
        ["another host of a private network", "10.77.7.7"],
        ["a shared address", "100.64.77.7"],
      ],
      [
        ["another host of a private network", "192.168.77.7"],
        ["another host of a private network", "172.20.77.7"],
        ["a benchmark address", "198.18.77.7"],
        ["a reserved address", "240.7.7.7"],
      ],
    ),
  )("%s (%s) is not reached", async (_what, address) => {
    expect(await reaches(own, address, 80)).toBe(false);
    expect(visits(address, 80)).toBe(0);
    expect(await reaches("ordinary", address, 80)).toBe(true);
    await vi.waitFor(() => expect(visits(address, 80)).toBe(1), { timeout: 300_000 });
  });

  it("nothing private is reached while Docker moves the hook of its rules, as it does for each network", async () => {
    const visited = visits("192.168.77.7", 443);
    iptables("-D", "FORWARD", "-j", "DOCKER-USER");
    try {
      expect(await reaches(own, "192.168.77.7", 443)).toBe(false);
      expect(visits("192.168.77.7", 443)).toBe(visited);
      expect(await reaches(own, PUBLIC_ADDRESS, 443)).toBe(true);
    } finally {
      // Docker puts it back by itself when anybody makes a network.
      const table = execFileSync("iptables", ["-S", "FORWARD"], { encoding: "utf8" });
      if (!table.includes("-j DOCKER-USER")) iptables("-I", "FORWARD", "1", "-j", "DOCKER-USER");
    }
  });

  it("the public internet is reached, but for sending mail", async () => {
    expect(await reaches(own, PUBLIC_ADDRESS, 443)).toBe(true);
    await expect.poll(() => visits(PUBLIC_ADDRESS, 443)).toBe(2);
    expect(await reaches(own, PUBLIC_ADDRESS, 25)).toBe(false);
    expect(visits(PUBLIC_ADDRESS, 25)).toBe(0);
    expect(await reaches("ordinary", PUBLIC_ADDRESS, 25)).toBe(true);
  });

  it("names resolve by the host's nameserver, of which nothing but port 53 is open", async (context) => {
    const [nameserver = ""] = await readNameservers();
    context.skip(!nameserver, "Docker asks this host's nameserver itself: no rule is needed, or tested");
    expect(await reaches(own, "api.telegram.example", 443)).toBe(true);
    if (/^(10|192\.168)\./.test(nameserver)) expect(await reaches(own, nameserver, 80)).toBe(false);
  });

  it("a port of the host is not reached, by any of its addresses", async () => {
    const { port } = hostPort.address() as { port: number };
    expect(await reaches(own, own.gateway, port)).toBe(false);
    expect(reachedHost).toEqual([]);
    expect(await reaches("ordinary", own.gateway, port)).toBe(true);
    expect(reachedHost).toHaveLength(1);
  });

  it("the model gateway is reached by port 443 of the own bridge, and by nothing else", async () => {
    const [mine, theirs] = [own.gateway, neighbour.gateway];
    const reached: string[] = [];
    const gateways = await Promise.all(
      [mine, theirs].map(async (address) => {
        const server = createServer((socket) => {
          reached.push(`${socket.remoteAddress} ${socket.localAddress}`);
          socket.end("hi");
        });
        await new Promise<void>((resolve) => server.listen(GATEWAY_PORT, address, resolve));
        return server;
      }),
    );
    try {
      expect(await reaches(own, mine, 443)).toBe(true);
      expect(await reaches(neighbour, theirs, 443)).toBe(true);
      expect(reached).toEqual([`${own.address} ${mine}`, `${neighbour.address} ${theirs}`]);
      const others: [string, number][] = [
        [mine, GATEWAY_PORT],
        [mine, 80],
        [theirs, 443],
        [theirs, GATEWAY_PORT],
        [neighbour.address, 443],
        [`${NETWORK}.241`, 443],
      ];
      const taken = await Promise.all(others.map(([address, port]) => reaches(own, address, port)));
      expect(taken).toEqual(others.map(() => false));
      expect(reached).toHaveLength(2);
      // It is there to be reached.
      expect(await reaches("ordinary", mine, GATEWAY_PORT)).toBe(true);
    } finally {
      for (const server of gateways) server.close();
    }
  });

  it("a neighbour is not reached: not itself, and not by its published port", async () => {
    const places: [string, number][] = [
      [neighbour.address, 18_789],
      [own.gateway, neighbour.hostPort],
      [neighbour.gateway, neighbour.hostPort],
    ];
    const reached = await Promise.all(places.map(([address, port]) => reaches(own, address, port)));
    expect(reached).toEqual([false, false, false]);
    // The host reaches it both ways.
    for (const place of [`${neighbour.address}:18789`, `127.0.0.1:${neighbour.hostPort}`])
      expect((await fetch(`http://${place}/startupz`)).status).toBe(200);
  });

  it("nobody from outside is forwarded to an assistant, whose port Docker would open to its network", async () => {
    const curl = ["curl", "-sS", "-m", "10", `http://${own.address}:18789/startupz`];
    expect(await succeeds("ip", ["netns", "exec", internet.name, ...curl])).toBe(false);
    expect(await succeeds("env", curl)).toBe(true);
  });

  it("by IPv6 nothing is open: an assistant has no address, and its bridge no way", () => {
    expect(inside(own.id, "cat", "/proc/net/if_inet6").trim()).toBe("");
    const rules = execFileSync("ip6tables", ["-S"], { encoding: "utf8" });
    expect(rules).toMatch(/-A INPUT -i berth-\+ -j BERTH-INPUT/);
    expect(rules).toMatch(/-A BERTH-INPUT .*-j REJECT/);
    expect(rules).not.toMatch(/-A BERTH-.* -j RETURN/);
    expect(rules).toMatch(/-A BERTH-FORWARD -i berth-\+ .*-j REJECT/);
    expect(rules).toMatch(/-A BERTH-FORWARD -o berth-\+ .*-j REJECT/);
  });

  it("a flood of new flows fills no more than a corner of the host's table of connections, and harms no neighbour", async () => {
    const { Pid } = (await inspect(own)).State;
    const before = tracked(own.address);
    execFileSync("nsenter", ["--net", "--target", String(Pid), process.execPath, "-e", FLOOD]);
    const more = tracked(own.address) - before;
    expect(more).toBeGreaterThan(NEW_AT_ONCE / 2);
    expect(more).toBeLessThan(NEW_AT_ONCE * 2);
    expect(await reaches(neighbour, PUBLIC_ADDRESS, 443)).toBe(true);
    await expect.poll(() => reaches(own, PUBLIC_ADDRESS, 443)).toBe(true);
  });

  const visits = (address: string, port: number) =>
    internet.visited.filter((visit) => visit === `${address}:${port}`).length;

  /** Whether a connection from that container is taken. */
  function reaches(from: Assistant | "ordinary", address: string, port: number): Promise<boolean> {
    const container = from === "ordinary" ? ORDINARY : `berth-${from.id}`;
    const script = `busybox nc -w 10 ${address} ${port} < /dev/null`;
    return succeeds("docker", ["exec", container, "sh", "-c", script]);
  }
});

/** Entries of the host's table of connections that come from an address; all of them where the kernel does not list them. */
function tracked(from: string): number {
  const listed = "/proc/net/nf_conntrack";
  if (!existsSync(listed)) return Number(readFileSync("/proc/sys/net/netfilter/nf_conntrack_count", "utf8"));
  const entries = readFileSync(listed, "utf8").split("\n");
  // Of both directions, the first is the one in which it was opened.
  return entries.filter((entry) => entry.match(/ src=(\S+)/)?.[1] === from).length;
}

function iptables(...command: string[]): void {
  execFileSync("iptables", ["--wait", "10", ...command]);
}

describe("rights", () => {
  it("are none, and none can be had", async () => {
    const status = inside(own.id, "cat", "/proc/self/status");
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
      expect(status).toMatch(new RegExp(`^${set}:\\s+0{16}$`, "m"));
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    expect((await inspect(own)).HostConfig.SecurityOpt).toEqual(["no-new-privileges", seccompOption()]);
    expect(await runs("busybox unshare -U true")).toBe(false);
    expect(await runs("busybox mount -t tmpfs none /tmp")).toBe(false);
  });

  it("are of a user of its own: its neighbour is another, and nobody of the host", async () => {
    const uids = [own, neighbour].map(({ id, hostPort }) => {
      const status = inside(id, "cat", "/proc/self/status");
      const wanted = 2_100_000_000 + hostPort;
      for (const ids of ["Uid", "Gid"])
        expect(status).toMatch(new RegExp(`^${ids}:(\\s+${wanted}){4}$`, "m"));
      expect(inside(id, "sh", "-c", "busybox stat -c '%u %g' .openclaw .openclaw/openclaw.json .cache")).toBe(
        `${wanted} ${wanted}\n`.repeat(3),
      );
      return wanted;
    });
    expect(new Set(uids).size).toBe(2);
    expect(uids.filter((uid) => readFileSync("/etc/passwd", "utf8").includes(`:${uid}:`))).toEqual([]);
  });

  it("reach neither Docker's socket nor the root's files", async () => {
    expect(await runs("ls -d /var/run/docker.sock /run/docker.sock /proc/1/root/run/docker.sock")).toBe(
      false,
    );
    expect(await runs("touch /bin/new")).toBe(false);
    expect(await runs("echo > /etc/resolv.conf")).toBe(false);
    expect(await runs("echo 1 > /proc/sys/kernel/core_pattern")).toBe(false);
    expect(await runs("touch .openclaw/new .cache/new")).toBe(true);
  });

  it("are those of the runtime that was asked for", async () => {
    expect((await inspect(own)).HostConfig.Runtime).toBe("io.containerd.runc.v2");
    await expect(startTestBerth(3, { BERTH_RUNTIME: "not-there" })).rejects.toThrow(
      /BERTH_RUNTIME is not-there, which the Docker engine does not know; it knows .*runc/,
    );
  });
});

describe("limits", () => {
  it("a fork bomb ends at its own limit; neighbour and host live on, and so does it when it is started again", async () => {
    // What it has forked stays: of processes that end as others can't begin, no moment has all.
    await detached("while :; do sleep 600 & done");
    const running = async () => {
      const stats = await docker.getContainer(`berth-${own.id}`).stats({ stream: false });
      return stats.pids_stats?.current ?? 0;
    };
    await vi.waitUntil(async () => (await running()) >= MOST_PROCESSES - 12, { timeout: 300_000 });
    expect(await running()).toBeLessThanOrEqual(MOST_PROCESSES);
    await neighbourLives();
    await docker.getContainer(`berth-${own.id}`).restart({ t: 0 });
    await vi.waitUntil(() => runs("cat /www/started/startupz"), { timeout: 300_000 });
    expect(
      Number(
        inside(own.id, "sh", "-c", "cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>&-; true"),
      ),
    ).toBe(MOST_PROCESSES);
  });

  it("who eats memory is killed alone", async () => {
    expect(() => inside(own.id, "busybox", "tail", "/dev/zero")).toThrow(
      expect.objectContaining({ status: 137 }),
    );
    await neighbourLives();
  });

  it("a full log is cut", async () => {
    const line = "0123456789".repeat(20);
    inside(own.id, "sh", "-c", `busybox yes ${line} | busybox head -c ${45 * MIB} > /proc/1/fd/1`);
    const { LogPath } = await inspect(own);
    const files = isRoot ? readdirSync(dirname(LogPath)).filter((name) => name.includes("json.log")) : [];
    const bytes = files.reduce((sum, name) => sum + sizeOf(join(dirname(LogPath), name)), 0);
    expect(bytes).toBeLessThan(31 * MIB);
    if (isRoot) expect(bytes).toBeGreaterThan(15 * MIB);
  });
});

/** 0 while Docker puts another file in its place. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function neighbourLives(): Promise<void> {
  expect((await fetch(`http://127.0.0.1:${neighbour.hostPort}/startupz`)).status).toBe(200);
  expect(execFileSync("echo", ["alive"], { encoding: "utf8" })).toBe("alive\n");
}

async function activated(): Promise<Assistant> {
  const id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  const { NetworkSettings, HostConfig } = await docker.getContainer(`berth-${id}`).inspect();
  const { IPAddress = "", Gateway = "" } = NetworkSettings.Networks[`berth-${id}`] ?? {};
  const published = (HostConfig.PortBindings as Record<string, { HostPort: string }[]>)["18789/tcp"]?.[0];
  const subnet = `${Gateway.replace(/\d+$/, (last) => String(Number(last) - 1))}/28`;
  return {
    id,
    address: IPAddress,
    gateway: Gateway,
    bridge: bridgeName(subnet),
    hostPort: Number(published?.HostPort),
  };
}

function inspect({ id }: Assistant): Promise<Dockerode.ContainerInspectInfo> {
  return docker.getContainer(`berth-${id}`).inspect();
}

/** Whether a script succeeds inside the assistant. */
function runs(script: string): Promise<boolean> {
  return succeeds("docker", ["exec", `berth-${own.id}`, "sh", "-c", script]);
}

/** Without blocking this process, in which the host's port and the internet's visits are heard. */
function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return promisify(execFile)(program, args, { timeout: 300_000 }).then(
    () => true,
    () => false,
  );
}

async function detached(script: string): Promise<void> {
  const exec = await docker.getContainer(`berth-${own.id}`).exec({ Cmd: ["/bin/sh", "-c", script] });
  await exec.start({ Detach: true });
}

async function removeOrdinary(): Promise<void> {
  await docker
    .getContainer(ORDINARY)
    .remove({ force: true })
    .catch(() => {});
  await docker
    .getNetwork(ORDINARY)
    .remove()
    .catch(() => {});
}
