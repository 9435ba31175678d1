// The host rules as text, and in a firewall of their own: that of a network namespace, which has nothing else in it.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bridgeName } from "../../../infra/docker/bridge.ts";
import { namedIn, usable } from "../../../infra/docker/host-rules/nameservers.ts";
import {
  digest,
  GATEWAY_PORT,
  natRules,
  RULES_OF_IPV6,
  rulesOfIpv4,
  silently,
} from "../../../infra/docker/host-rules/rules.ts";
import { isInPlace, putIn, takeOut } from "../../../infra/docker/host-rules/table.ts";

const IN_PLACE = `Host rules are in place. Assistants reach port ${GATEWAY_PORT} of this host, the model gateway's, as port 443 of their own bridge.`;
const isRoot = process.getuid?.() === 0;

describe("a bridge's name", () => {
  it("is short enough, and another one for each subnet", () => {
    expect(bridgeName("10.213.0.16/28")).toBe("berth-0ad50010");
    const names = Array.from({ length: 4096 }, (_, place) =>
      bridgeName(`10.213.${place >> 4}.${(place & 15) << 4}/28`),
    );
    expect(new Set(names).size).toBe(4096);
    expect(names.every((name) => name.length <= 15)).toBe(true);
  });
});

describe("nameservers", () => {
  it("are all that a resolv.conf names, in whatever form", () => {
    const text =
      "# nameserver 9.9.9.9\nsearch x\nnameserver 10.0.0.2\n\tnameserver\t169.254.169.253 \nnameserver fd00::1\n";
    expect(namedIn(text)).toEqual(["10.0.0.2", "169.254.169.253", "fd00::1"]);
  });
  it("are opened once each, unless the host asks them itself or they are no addresses", () => {
    const named = ["10.0.0.2", "127.0.0.53", "fd00::1", "10.0.0.2", "1 -j ACCEPT", "0x0a000001", "8.8.8.8"];
    expect(usable(named)).toEqual(["10.0.0.2", "8.8.8.8"]);
  });
});

describe("rules", () => {
  const rules = rulesOfIpv4(["10.0.0.2"], "limited");
  const DOCKERS = [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":DOCKER-USER - [0:0]",
    "-A FORWARD -j DOCKER-USER",
    "COMMIT",
  ].join("\n");

  it("are asked first where Docker keeps a place for them, else in FORWARD", () => {
    expect(putIn("filter", DOCKERS, rules)).toContain("\n-I DOCKER-USER 1 -j BERTH-FORWARD\n");
    expect(putIn("security", "*security\nCOMMIT\n", rules)).toContain("\n-I FORWARD 1 -j BERTH-FORWARD\n");
  });
  it("count connections once, before anything is let out, or not at all where the kernel can't", () => {
    const counting = /connlimit-above 2000 |hashlimit-above 50\/sec --hashlimit-burst 1000 /;
    for (const chain of ["BERTH-FORWARD", "BERTH-INPUT"] as const) {
      const list = rules[chain] ?? [];
      const counted = list.map((rule) => counting.test(rule));
      const nameserver = list.findIndex((rule) => rule.includes("--dport 53"));
      expect(counted.lastIndexOf(true)).toBe(nameserver - 1);
      expect(counted.filter(Boolean)).toHaveLength(2);
      const others = list.filter((rule) => !counting.test(rule));
      expect(rulesOfIpv4(["10.0.0.2"], "unlimited")[chain]).toEqual(others);
      expect(silently(rules)[chain]).toEqual(others.map((rule) => rule.replace("REJECT", "DROP")));
    }
  });
  it("lead https for an assistant's own bridge to the model gateway, and let nothing else of it in", () => {
    expect(natRules(18_791)["BERTH-GATEWAY"]).toEqual([
      "-p tcp -m addrtype --dst-type LOCAL --limit-iface-in -m tcp --dport 443 -j REDIRECT --to-ports 18791",
    ]);
    const input = rulesOfIpv4([], "limited", 18_791)["BERTH-INPUT"] ?? [];
    expect(input.filter((rule) => rule.includes("18791"))).toEqual([
      "-p tcp -m tcp --dport 18791 -m conntrack --ctorigdstport 443 -j RETURN",
    ]);
    expect(input.at(-1)).toBe("-j REJECT");
    expect(JSON.stringify(RULES_OF_IPV6)).not.toMatch(/RETURN|REDIRECT/);
  });
  it("that are not there need no taking out", () => {
    expect(takeOut("filter", DOCKERS)).toBeUndefined();
    expect(isInPlace(DOCKERS, rules)).toBe(false);
  });
});

describe.skipIf(!isRoot)("in a real firewall (skipped without root, which iptables needs)", () => {
  const NAME = "berth-test-rules";
  /** The namespace's own /etc/resolv.conf. */
  const ETC = join("/etc/netns", NAME);
  const run = (...command: string[]) =>
    execFileSync("ip", ["netns", "exec", NAME, ...command], { encoding: "utf8" });
  const host = (...args: string[]) => run(process.execPath, "api/berth.ts", "host", "rules", ...args).trim();
  /** What it says when it ends with 1: they are not in place. */
  const missing = () => {
    const command = ["netns", "exec", NAME, process.execPath, "api/berth.ts", "host", "rules"];
    const { status, stdout } = spawnSync("ip", command, { encoding: "utf8" });
    expect(status).toBe(1);
    return stdout.trim();
  };
  const table = (program = "iptables", name = "filter") =>
    run(`${program}-save`, "-t", name).replace(/^#.*\n/gm, "");

  /** What a worker logs. */
  const keep = (work: string) =>
    run(
      process.execPath,
      "--input-type=module",
      "-e",
      `import { keepHostRules, setHostRules } from "./stacks/watch/docker/host-rules.ts";
       const log = { warn: (text) => console.log("warn " + text), error: (error) => console.log("error", error) };
       ${work};`,
    ).trim();

  beforeAll(() => {
    // Of a run that was killed.
    if (existsSync(join("/run/netns", NAME))) execFileSync("ip", ["netns", "del", NAME]);
    execFileSync("ip", ["netns", "add", NAME]);
    mkdirSync(ETC, { recursive: true });
    writeFileSync(join(ETC, "resolv.conf"), "nameserver 10.0.0.2\n");
    // As Docker leaves them, with a rule of somebody else's.
    run("iptables", "-N", "DOCKER-USER");
    run("iptables", "-A", "FORWARD", "-j", "DOCKER-USER");
    run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "22", "-j", "ACCEPT");
  });
  afterAll(() => {
    execFileSync("ip", ["netns", "del", NAME]);
    rmSync(ETC, { recursive: true });
  });

  it("they are not set where the assistants' networks are not", () => {
    expect(missing()).toContain("not those of this process");
    expect(() => host("apply")).toThrow("not those of this process");
    expect(table()).not.toContain("BERTH");
    expect(keep('await setHostRules("apply", 18_790, log)')).toMatch(/^warn .*not those of this process/);
    expect(() => keep('await setHostRules("require", 18_790, log)')).toThrow("not those of this process");
    expect(keep('await setHostRules("leave", 18_790, log)')).toBe("");
    // What tells is that Docker's own bridge is there.
    execFileSync("ip", ["-n", NAME, "link", "add", "docker0", "type", "bridge"]);
    expect(missing()).not.toContain("not those of this process");
  });

  it("they are shown, set once however often that is asked, follow the nameservers, and are undone", () => {
    const before = [table(), table("ip6tables"), table("iptables", "nat")];
    expect(missing()).toBe("Host rules are not in place.\nRun: sudo npm run -s berth -- host rules apply");
    expect(host("apply")).toBe(IN_PLACE);
    const set = [table(), table("ip6tables")];
    expect(set[0]).toContain("-A BERTH-FORWARD -d 10.0.0.2/32 -p udp -m udp --dport 53 -j RETURN\n");
    expect(host("apply")).toBe(IN_PLACE);
    expect([table(), table("ip6tables")]).toEqual(set);

    // As a worker does at its start, and then regularly.
    run("iptables", "-F", "DOCKER-USER");
    expect(keep("await keepHostRules(18_790, log)()")).toMatch(/^warn .*set again/);
    expect([table(), table("ip6tables")]).toEqual(set);

    writeFileSync(join(ETC, "resolv.conf"), "nameserver 192.168.0.1\n");
    expect(missing()).toContain("not in place");
    expect(host("apply")).toBe(IN_PLACE);
    const [wanted, other] = [
      rulesOfIpv4(["10.0.0.2"], "limited"),
      rulesOfIpv4(["192.168.0.1"], "limited"),
    ].map(digest);
    expect(table()).toBe(set[0]?.replaceAll("10.0.0.2", "192.168.0.1").replaceAll(`${wanted}`, `${other}`));

    expect(host("remove")).toBe("Host rules are not in place.");
    expect([table(), table("ip6tables"), table("iptables", "nat").replace(/^-A .*BERTH.*\n/gm, "")]).toEqual(
      before,
    );
    expect(table("iptables", "nat")).not.toContain("BERTH");
  });

  it("what Docker lets pass while it moves its hook is refused all the same", () => {
    expect(host("apply")).toBe(IN_PLACE);
    for (const program of ["iptables", "ip6tables"]) {
      const security = table(program, "security");
      expect(security).toContain("-A FORWARD -j BERTH-FORWARD\n");
      expect(security).not.toContain("REJECT");
      expect(security.match(/-j DROP\n/g)).toHaveLength(table(program).match(/-j REJECT/g)?.length ?? 0);
      run(program, "-t", "security", "-F", "FORWARD");
      expect(missing()).toContain("not in place");
      expect(host("apply")).toBe(IN_PLACE);
      expect(table(program, "security")).toBe(security);
    }
    expect(host("remove")).toBe("Host rules are not in place.");
    expect(table("iptables", "security")).not.toContain("BERTH");
  });

  it("nothing is missing while Docker moves its hook, and what stays out is", () => {
    expect(host("apply")).toBe(IN_PLACE);
    const moved = keep(`
      const { execFileSync } = await import("node:child_process");
      const hook = (action) => execFileSync("iptables", [action, "FORWARD", "-j", "DOCKER-USER"]);
      hook("-D");
      setTimeout(() => hook("-I"), 200);
      await keepHostRules(18_790, log)()`);
    expect(moved).toBe("");
    run("iptables", "-D", "FORWARD", "-j", "DOCKER-USER");
    expect(missing()).toContain("not in place");
    run("iptables", "-A", "FORWARD", "-j", "DOCKER-USER");
    expect(host()).toBe(IN_PLACE);
    expect(host("remove")).toBe("Host rules are not in place.");
  });

  it("the way to the model gateway comes before Docker's own, and is mended like the others", () => {
    run("iptables", "-t", "nat", "-N", "DOCKER");
    run("iptables", "-t", "nat", "-A", "PREROUTING", "-m", "addrtype", "--dst-type", "LOCAL", "-j", "DOCKER");
    const before = table("iptables", "nat");
    expect(host("apply")).toBe(IN_PLACE);
    const set = table("iptables", "nat");
    const ways = set.split("\n").filter((line) => line.startsWith("-A PREROUTING"));
    expect(ways).toEqual(["-A PREROUTING -i berth-+ -j BERTH-GATEWAY", expect.stringContaining("-j DOCKER")]);
    expect(set).toMatch(new RegExp(`-A BERTH-GATEWAY .*-j REDIRECT --to-ports ${GATEWAY_PORT}\n`));
    const damages = [
      ["-F", "BERTH-GATEWAY"],
      ["-D", "PREROUTING", "-i", "berth-+", "-j", "BERTH-GATEWAY"],
      ["-I", "PREROUTING", "-j", "ACCEPT"],
    ];
    for (const damage of damages) {
      run("iptables", "-t", "nat", ...damage);
      expect(missing()).toContain("not in place");
      expect(host("apply")).toBe(IN_PLACE);
      expect(table("iptables", "nat").replace("-A PREROUTING -j ACCEPT\n", "")).toBe(set);
    }
    run("iptables", "-t", "nat", "-D", "PREROUTING", "-j", "ACCEPT");
    expect(host("remove")).toBe("Host rules are not in place.");
    expect(table("iptables", "nat")).toBe(before);
  });

  it("another port of the gateway's is another set of rules", () => {
    const rules = natRules(18_791);
    const restore = (input: string) =>
      execFileSync("ip", ["netns", "exec", NAME, "iptables-restore", "--noflush"], { input });
    restore(putIn("nat", table("iptables", "nat"), rules));
    expect(isInPlace(table("iptables", "nat"), rules)).toBe(true);
    expect(isInPlace(table("iptables", "nat"), natRules())).toBe(false);
    restore(putIn("nat", table("iptables", "nat"), natRules()));
    expect(isInPlace(table("iptables", "nat"), natRules())).toBe(true);
    restore(takeOut("nat", table("iptables", "nat")) ?? "");
    expect(table("iptables", "nat")).not.toContain("BERTH");
  });

  it.each([
    ["a rule before them", ["iptables", "-I", "INPUT", "-j", "ACCEPT"]],
    ["one of them taken out", ["iptables", "-D", "BERTH-FORWARD", "-d", "169.254.0.0/16", "-j", "REJECT"]],
    ["Docker's chain emptied", ["iptables", "-F", "DOCKER-USER"]],
    ["asked for twice", ["iptables", "-A", "INPUT", "-i", "berth-+", "-j", "BERTH-INPUT"]],
    ["IPv6 emptied", ["ip6tables", "-F", "INPUT"]],
  ])("%s: that is seen, and mended", (_what, damage) => {
    const program = damage[0] ?? "";
    const rules = program === "iptables" ? rulesOfIpv4([], "limited") : RULES_OF_IPV6;
    const restore = (input: string) =>
      execFileSync("ip", ["netns", "exec", NAME, `${program}-restore`, "--noflush"], { input });
    restore(putIn("filter", table(program), rules));
    expect(isInPlace(table(program), rules)).toBe(true);
    run(...damage);
    expect(isInPlace(table(program), rules)).toBe(false);
    restore(putIn("filter", table(program), rules));
    expect(isInPlace(table(program), rules)).toBe(true);
    restore(takeOut("filter", table(program)) ?? "");
    expect(table(program)).not.toContain("BERTH");
    expect(takeOut("filter", table(program))).toBeUndefined();
  });
});

describe.skipIf(!isRoot)(
  "connections through a real firewall (skipped without root, which iptables needs)",
  () => {
    const NAMES = ["berth-test-way", "berth-test-near", "berth-test-far"] as const;
    const [WAY, NEAR, FAR] = NAMES;
    const inside = (name: string, ...command: string[]) =>
      execFileSync("ip", ["netns", "exec", name, ...command], { encoding: "utf8", timeout: 60_000 });
    const ip = (...command: string[]) => execFileSync("ip", command);
    const remove = () => {
      for (const name of NAMES) if (existsSync(join("/run/netns", name))) ip("netns", "del", name);
    };
    const set = (change: (rule: string) => string) => {
      const rules = rulesOfIpv4([], "limited");
      const forward = (rules["BERTH-FORWARD"] ?? []).map(change);
      const input = putIn("filter", inside(WAY, "iptables-save", "-t", "filter"), {
        ...rules,
        "BERTH-FORWARD": forward,
      });
      execFileSync("ip", ["netns", "exec", WAY, "iptables-restore", "--noflush"], { input });
    };
    const tracked = () => Number(inside(WAY, "cat", "/proc/sys/net/netfilter/nf_conntrack_count"));
    let server: ChildProcess;

    beforeAll(async () => {
      remove();
      for (const name of NAMES) ip("netns", "add", name);
      for (const name of NAMES) ip("-n", name, "link", "set", "lo", "up");
      for (const [device, name, here, there] of [
        ["berth-0ad50010", NEAR, "10.213.0.17/28", "10.213.0.18/28"],
        ["out", FAR, "203.0.113.1/24", "203.0.113.10/24"],
      ] as const) {
        ip("-n", WAY, "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name);
        for (const [ns, end, address] of [
          [WAY, device, here],
          [name, "eth0", there],
        ] as const) {
          ip("-n", ns, "address", "add", address, "dev", end);
          ip("-n", ns, "link", "set", end, "up");
        }
        ip("-n", name, "route", "add", "default", "via", here.replace(/\/.*/, ""));
      }
      inside(WAY, "sysctl", "-qw", "net.ipv4.ip_forward=1");
      const listen =
        "require('node:net').createServer().listen(443, '0.0.0.0', () => console.log('listening'))";
      server = spawn("ip", ["netns", "exec", FAR, process.execPath, "-e", listen], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(server.stdout ?? server, "data");
    });
    afterAll(() => {
      server.kill();
      remove();
    });

    it("of a flood of new ones the first thousand pass, and what comes later by and by", () => {
      set((rule) => rule);
      const flood = `const socket = require("node:dgram").createSocket("udp4");
      let port = 10000;
      const send = () => port < 16000 ? socket.send("x", port++, "203.0.113.10", send) : socket.close();
      send();`;
      const begun = performance.now();
      inside(NEAR, process.execPath, "-e", flood);
      const seconds = (performance.now() - begun) / 1_000;
      expect(tracked()).toBeGreaterThan(900);
      expect(tracked()).toBeLessThan(1_300 + 50 * seconds);
    });

    it("as many stay open as may, and another one follows when one is closed", () => {
      const few = 20;
      set((rule) =>
        rule
          .replace(/connlimit-above \d+/, `connlimit-above ${few}`)
          .replace(/hashlimit-above \d+/, "hashlimit-above 10000")
          .replace("name berth", "name berth-few"),
      );
      const open = `const { connect } = require("node:net");
      let count = 0;
      const sockets = Array.from({ length: 30 }, () => connect(443, "203.0.113.10").on("connect", () => count++).on("error", () => {}));
      setTimeout(() => {
        const before = count;
        for (const socket of sockets.filter((one) => one.readyState === "open").slice(0, 5)) socket.destroy();
        setTimeout(() => (console.log(before, count), process.exit()), 8000);
      }, 3000);`;
      expect(inside(NEAR, process.execPath, "-e", open)).toBe(`${few} ${few + 5}\n`);
    });
  },
);
