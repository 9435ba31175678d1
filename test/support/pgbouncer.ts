// A real pgbouncer before a test's PostgreSQL, on loopback, gone afterwards.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { type PostgresServer, untilItAnswers } from "./postgres.ts";

const PROGRAM = "/usr/sbin/pgbouncer";
/** It refuses to run as root. */
const NOBODY = 65_534;

export interface Pgbouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param mode how it pools; it finds the server again within a second after that was away */
export async function startPgbouncer(
  postgres: Pick<PostgresServer, "url">,
  mode: "session" | "transaction" | "statement",
): Promise<Pgbouncer> {
  install();
  const folder = mkdtempSync("/tmp/berth-pgbouncer-");
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid) chownSync(folder, user.uid, user.gid);
  const port = await freePort();
  const users = join(folder, "users");
  writeFileSync(users, '"berth" ""\n');
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(
    config,
    `[databases]
* = host=127.0.0.1 port=${new URL(postgres.url).port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
server_login_retry = 1
default_pool_size = 80
`,
  );
  const pooler = spawn(PROGRAM, [config], { ...user, cwd: folder, stdio: "ignore" });
  const ended = new Promise((resolve) => pooler.once("exit", resolve));
  const url = `postgres://berth@127.0.0.1:${port}/postgres`;
  await untilItAnswers(url);
  return {
    url,
    async stop() {
      if (pooler.kill("SIGKILL")) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function install(): void {
  if (existsSync(PROGRAM)) return;
  if (process.getuid?.() !== 0)
    throw new Error("pgbouncer is needed for this test: install Debian's package pgbouncer.");
  execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "pgbouncer"], { stdio: "pipe" });
}
