// Nameservers that Docker's resolver asks from inside a container's network, so that they have to be reachable there.
import { readFile } from "node:fs/promises";
import ipaddr from "ipaddr.js";
import { z } from "zod";

/** The second has what is behind the local stub of systemd-resolved: Docker reads it in the stub's place. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"] as const;
const DAEMON_FILE = "/etc/docker/daemon.json";

const DaemonFile = z.object({ dns: z.array(z.string()).default([]) });

/** IPv4 addresses, in order. A loopback one is asked by the host itself, and none of IPv6 can be reached. */
export async function readNameservers(): Promise<string[]> {
  const [daemon, ...resolvers] = await Promise.all([DAEMON_FILE, ...RESOLVER_FILES].map(read));
  return usable([...resolvers.flatMap((text) => namedIn(text)), ...namedByDaemon(daemon ?? "")]);
}

/** Of the text of a resolv.conf. */
export function namedIn(text: string): string[] {
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].map(([, address = ""]) => address);
}

export function usable(addresses: readonly string[]): string[] {
  const known = addresses.filter(
    (address) =>
      ipaddr.IPv4.isValidFourPartDecimal(address) && ipaddr.IPv4.parse(address).range() !== "loopback",
  );
  return [...new Set(known)].sort();
}

function namedByDaemon(text: string): string[] {
  try {
    return DaemonFile.parse(JSON.parse(text)).dns;
  } catch {
    // Docker itself does not start with a file that it can't read.
    return [];
  }
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
