// Lock files as Pulumi writes them, with an owner of the test's choice.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Server } from "./server.ts";
import { locksFolder } from "./settled.ts";

export interface Lock {
  readonly isThere: boolean;
  /** Takes the lock away, and ends the process that the test has started for it. */
  remove(): void;
}

/** Whose lock it is. `living`: a process of this host that is called pulumi, as an operator's own is. `nobody`: JSON, and no lock. */
export type Owner = "dead" | "nobody" | "living" | "of another host";

/** Locks the deployment's stack in that owner's name. */
export function lockStack(server: Server, id: string, owner: Owner): Lock {
  const living = owner === "living" ? startLiving(server) : undefined;
  const lock = {
    pid: living?.pid ?? pidOfTheDead(),
    username: userInfo().username,
    hostname: owner === "of another host" ? `not-${hostname()}` : hostname(),
    timestamp: new Date().toISOString(),
  };
  const folder = join(locksFolder(server), id);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${crypto.randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(owner === "nobody" ? {} : lock));
  return {
    get isThere() {
      return existsSync(file);
    },
    remove() {
      rmSync(file, { force: true });
      living?.kill("SIGKILL");
    },
  };
}

function startLiving({ folder }: Server): ChildProcess {
  const program = join(folder, "living", "pulumi");
  mkdirSync(join(folder, "living"), { recursive: true });
  copyFileSync("/bin/sleep", program);
  return spawn(program, ["600"], { stdio: "ignore", env: {} });
}

function pidOfTheDead(): number {
  return Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
}
