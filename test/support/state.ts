// An assistant's data as a test puts it there and looks at it, past Berth.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resourceName } from "../../infra/args.ts";
import { readVolume } from "../../infra/docker/volume.ts";
import { dataVolume } from "./docker.ts";

const PROGRAMS = ["mkdir", "chmod", "ln", "truncate", "head", "mkfifo", "chown", "touch", "rm", "cat"];

/** What an assistant may leave: odd names, links that lead out, modes, holes, empty folders, and something that can't be packed. */
export const ODD_FILES = `mkdir -p deep/er "with space" empty && chmod 2750 empty
  echo first > deep/er/a; ln deep/er/a hard; ln -s deep/er/a soft; ln -s /nowhere dangling
  ln -s ../../../../usr/bin/env out; ln -s / root; echo x > "$(printf 'no-text-\\377')"; ln -s x "$(printf '\\376')"
  mkdir "$(printf '\\377')"; echo inside > "$(printf '\\377')/file"; echo x > "$(printf 'line\\nend')"
  echo ünï > "ünïcode 🦞"; echo long > ${"n".repeat(250)}
  D=${"d".repeat(120)}; mkdir -p $D/$D/$D && echo deep > $D/$D/$D/file
  truncate -s 30M sparse; head -c 20971520 /dev/urandom > random; mkfifo fifo
  echo set > setuid; chmod 4711 setuid; chmod 751 hard; chmod 600 random; touch -d '2001-02-03 04:05:06' deep/er/a`;

/** A script for busybox: the tiny image has links for a few of its programs only. */
export function withPrograms(script: string): string {
  return `${PROGRAMS.map((program) => `alias ${program}="busybox ${program}"`).join("\n")}\n${script}`;
}

/** Runs a script in the running assistant's data folder, as the assistant. */
export function asAssistant(deploymentId: string, script: string): string {
  const shell = ["-w", "/home/node/.openclaw", resourceName(deploymentId), "/bin/busybox", "sh", "-euc"];
  return execFileSync("docker", ["exec", ...shell, withPrograms(script)], { encoding: "utf8" });
}

/** All that tar can tell of a volume, by default its own: every entry as it is listed, and the digest of the whole archive. */
export async function picture(deploymentId: string, image: string, named?: string) {
  const pieces: Uint8Array[] = [];
  const signal = new AbortController().signal;
  const volume = named ?? (await dataVolume(deploymentId));
  for await (const piece of readVolume({ deploymentId, image, volume }, signal)) pieces.push(piece);
  return describeArchive(Buffer.concat(pieces));
}

/** The same of an archive. */
export function describeArchive(archive: Buffer) {
  const folder = mkdtempSync(join(tmpdir(), "berth-picture-"));
  try {
    const file = join(folder, "archive.tar");
    writeFileSync(file, archive);
    const options = ["--numeric-owner", "--full-time", "--quoting-style=escape"];
    const listed = execFileSync("tar", ["-tvf", file, ...options], { encoding: "utf8" });
    return { listed: listed.split("\n"), sha256: createHash("sha256").update(archive).digest("hex") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
