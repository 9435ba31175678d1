// The data folder: generated secrets, and the guarantee that one process at a time uses what is embedded in it.
import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates the folder, closed to other users, and returns its absolute path. */
export async function openDataFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return realpath(folder);
}

/**
 * The secret in a file of the folder, generated at the first call (mode 0600). `isNew` tells which it was.
 * A crash leaves either no file or a whole one.
 */
export async function keptSecret(
  folder: string,
  name: string,
  generate: () => string | Promise<string> = () => randomBytes(32).toString("base64url"),
): Promise<{ value: string; isNew: boolean }> {
  const file = join(folder, name);
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known?.trim()) return { value: known.trim(), isNew: false };
  const unfinished = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  await writeFile(unfinished, `${await generate()}\n`, { mode: 0o600 });
  const handle = await open(unfinished, "r");
  await handle.sync();
  await handle.close();
  // link() fails if another process was first; then its value is the one that counts.
  const isNew = await link(unfinished, file).then(
    () => true,
    () => false,
  );
  await rm(unfinished);
  return { value: (await readFile(file, "utf8")).trim(), isNew };
}

export interface Claim {
  release(): Promise<void>;
}

/** @throws Error naming the folder when another process has it open. */
export async function claimDataFolder(folder: string): Promise<Claim> {
  const claim = await claimFolder(folder);
  if (claim) return claim;
  throw new Error(
    `The data folder ${folder} is in use by another Berth process. Stop that process, set BERTH_DATA_DIR to another folder, or set DATABASE_URL to share one PostgreSQL.`,
  );
}

/**
 * Claims a folder for this process until it ends; undefined if another one has it. The claim is a listening socket:
 * the kernel gives it back however the process ends, so nothing stale has to be judged by age.
 */
export async function claimFolder(folder: string): Promise<Claim | undefined> {
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 24);
  const path = join(tmpdir(), `berth-${digest}.sock`);
  const server = (await listen(path)) ?? (await takeOver(path));
  if (!server) return undefined;
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function takeOver(path: string): Promise<Server | undefined> {
  if (await answers(path)) return undefined;
  await rm(path, { force: true });
  return listen(path);
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("listening", () => resolve(server));
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(path);
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
