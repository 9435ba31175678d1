// Which system calls an assistant may make, whatever the engine's version lets through. The profile is Docker's own of
// github.com/moby/profiles/seccomp v0.3.0 (Apache License 2.0) for a container without capabilities, on 64 bit alone, with
// fewer kinds of sockets and without what no assistant needs.
import { readFileSync } from "node:fs";

const PROFILE = new URL("profile.json", import.meta.url);

/** As the engine takes it among a container's security options. */
export function seccompOption(): string {
  return `seccomp=${JSON.stringify(JSON.parse(readFileSync(PROFILE, "utf8")))}`;
}

/** Whether one of them is a profile, and not the engine's own. */
export function hasProfile(securityOptions: readonly string[] | null | undefined): boolean {
  return securityOptions?.some((option) => option.startsWith("seccomp={")) ?? false;
}
