// A real PostgreSQL server for a test: its own data folder, on loopback unless more is asked for, gone afterwards.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import pg from "pg";
import { freePort } from "./free-port.ts";
import { childrenOf } from "./resources.ts";

const DEBIAN_FOLDER = "/usr/lib/postgresql";
/** PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

export interface PostgresServer {
  readonly url: string;
  /** Ends it in its own way: in good order, at once, or by a crash. Its data is kept. */
  end(signal: "SIGINT" | "SIGQUIT" | "SIGKILL"): Promise<void>;
  /** Starts it again on the same port, until it answers. */
  start(): Promise<void>;
  /** Halts each of its processes: connections stay, also new ones come about, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Where it is reached beside loopback: an address of this host, and the network (CIDR) that it serves there. */
export interface Reach {
  readonly address: string;
  readonly from: string;
}

export async function startPostgres(reach?: Reach): Promise<PostgresServer> {
  const bin = binaries();
  // Not below a folder that is closed to the user that the server runs as.
  const folder = mkdtempSync("/tmp/berth-postgres-");
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "berth", "--auth=trust", "--no-sync"], {
    ...user,
    cwd: folder,
    stdio: "pipe",
  });
  if (reach) appendFileSync(join(data, "pg_hba.conf"), `host all all ${reach.from} trust\n`);
  const port = await freePort();
  const settings = [
    "-c",
    `listen_addresses=${["127.0.0.1", ...(reach ? [reach.address] : [])].join()}`,
    "-c",
    `port=${port}`,
    "-c",
    `unix_socket_directories=${folder}`,
    "-c",
    "fsync=off",
  ];
  const start = () =>
    spawn(join(bin, "postgres"), ["-D", data, ...settings], { ...user, cwd: folder, stdio: "ignore" });
  let server = start();
  const url = `postgres://berth@127.0.0.1:${port}/postgres`;
  await untilItAnswers(url);
  return {
    url,
    end: (signal) => end(server, signal),
    async start() {
      server = start();
      await untilItAnswers(url);
    },
    freeze: () => signalAll(server, "SIGSTOP"),
    thaw: () => signalAll(server, "SIGCONT"),
    async stop() {
      signalAll(server, "SIGCONT");
      await end(server, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  if (server.kill(signal)) await ended;
}

/** To the server first: it would start more. */
function signalAll(server: ChildProcess, signal: "SIGSTOP" | "SIGCONT"): void {
  if (!server.kill(signal)) return;
  for (const pid of childrenOf(server.pid ?? 0)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function binaries(): string {
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .find((folder) => existsSync(join(folder, "initdb")));
  const found = onPath ?? newestOfDebian();
  if (found) return found;
  if (process.getuid?.() !== 0)
    throw new Error("PostgreSQL's server is needed for this test: install Debian's package postgresql.");
  execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "postgresql"], { stdio: "pipe" });
  const installed = newestOfDebian();
  if (!installed) throw new Error("Debian's package postgresql holds no initdb.");
  return installed;
}

function newestOfDebian(): string | undefined {
  if (!existsSync(DEBIAN_FOLDER)) return undefined;
  const versions = readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => join(DEBIAN_FOLDER, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")));
}

export async function untilItAnswers(url: string): Promise<void> {
  for (const deadline = Date.now() + 120_000; ; ) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
