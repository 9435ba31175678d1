// What runs in the task that carries an assistant's state to S3 and back: Node and tar are all that it has, so it is whole
// in itself once what it imports stands before it, see ../program-text.ts. The addresses in BERTH_TRANSFER are secrets: no
// word of them may be written out.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { chmod, lstat, open, readdir, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { below, isOnItsWay, replaceWhole } from "./change-over.mjs";
import { EXITS, UNTOUCHED } from "./exits.mjs";
import { inPieces } from "./pieces.mjs";

const TRIES = 5;
const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);

/** An end that Berth has words for. */
class Failure extends Error {
  constructor(exit, message) {
    super(message);
    this.exit = exit;
  }
}

const [state] = process.argv.slice(1);
let isTouched = false;
const given = Buffer.from(process.env.BERTH_TRANSFER ?? "", "base64");
try {
  const { direction, urls, pieceBytes } = JSON.parse(gunzipSync(given).toString());
  if (direction === "out") await carryOut(urls, pieceBytes);
  else await carryIn(urls);
  console.log(`carried ${direction}`);
} catch (error) {
  console.error(error instanceof Failure ? error.message : (error.code ?? error.name));
  process.exitCode = (error instanceof Failure ? error.exit : 1) + (isTouched ? 0 : UNTOUCHED);
}

async function carryOut(urls, pieceBytes) {
  let count = 0;
  for await (const piece of inPieces(archive(), pieceBytes)) {
    if (count === urls.length) throw new Failure(EXITS.tooLarge, "the state is larger than it may be");
    await ask(urls[count++], { method: "PUT", body: piece });
  }
}

async function carryIn(urls) {
  // Before anything is removed: whether the rest can be had, and unpacked.
  const first = await ask(urls[0], {});
  const { stdout } = await promisify(execFile)("tar", ["--version"]).catch(() => ({ stdout: "" }));
  if (!stdout.includes("GNU tar")) throw new Failure(EXITS.noTar, "the image has no GNU tar");
  const unpackAll = (folder) => unpack(first, urls.slice(1), folder);
  await replaceWhole(Buffer.from(state), basename(state), unpackAll, () => {
    isTouched = true;
  });
}

async function unpack(first, urls, folder) {
  const options = ["-x", "-p", "--delay-directory-restore", "--warning=no-timestamp", "-f", "-"];
  const tar = spawn("tar", [...options, "-C", folder.toString()], {
    env: { PATH: process.env.PATH },
    stdio: ["pipe", "inherit", "inherit"],
  });
  let failure;
  const pieces = (async function* () {
    yield first;
    for (const url of urls) yield await ask(url, {});
  })();
  const [[code]] = await Promise.all([
    once(tar, "close"),
    pipeline(Readable.from(pieces), tar.stdin).catch((error) => {
      if (error instanceof Failure) failure = error;
    }),
  ]);
  if (failure) throw failure;
  if (code !== 0) throw new Failure(EXITS.notUnpacked, `tar ended with ${code}`);
}

/** What S3 answers; asked again when it doesn't, or is not well. */
async function ask(url, request) {
  for (let tried = 1; ; tried++) {
    const answer = await fetch(url, request)
      .then(async (response) => ({
        status: response.status,
        body: Buffer.from(await response.arrayBuffer()),
      }))
      .catch(() => undefined);
    if (answer?.status === 200) return answer.body;
    if (answer && answer.status < 500) throw new Failure(EXITS.refused, `S3 refuses: ${answer.status}`);
    if (tried === TRIES) throw new Failure(EXITS.unreachable, "S3 does not answer");
    await sleep(1000 * 2 ** tried);
  }
}

/** tar itself can't read what its owner has closed to himself. Names are bytes: not all of them are text. */
async function* archive() {
  const seen = new Map();
  yield* entries(Buffer.from(state), Buffer.from(basename(state)), seen);
  yield END;
}

async function* entries(path, name, seen) {
  const stat = await lstat(path);
  const inode = `${stat.dev}:${stat.ino}`;
  if (stat.isDirectory()) {
    yield* header("5", below(name, Buffer.alloc(0)), stat);
    yield* whileOpen(path, stat, 0o500, async function* () {
      for (const child of await readdir(path, { encoding: "buffer" })) {
        if (path.equals(Buffer.from(state)) && isOnItsWay(child)) continue;
        yield* entries(below(path, child), below(name, child), seen);
      }
    });
  } else if (seen.has(inode)) yield* header("1", name, stat, { link: seen.get(inode) });
  else if (stat.isSymbolicLink())
    yield* header("2", name, stat, { link: await readlink(path, { encoding: "buffer" }) });
  else if (stat.isFIFO()) yield* header("6", name, stat);
  else if (stat.isFile()) {
    if (stat.nlink > 1) seen.set(inode, name);
    yield* header("0", name, stat, { size: stat.size });
    yield* whileOpen(path, stat, 0o400, () => content(path, stat));
  }
}

/** What its owner has closed is opened for as long as it is read. */
async function* whileOpen(path, { mode }, needed, inside) {
  const isClosed = (mode & needed) !== needed;
  if (isClosed) await chmod(path, (mode & 0o7777) | needed);
  try {
    yield* inside();
  } finally {
    if (isClosed) await chmod(path, mode & 0o7777);
  }
}

async function* content(path, { size }) {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  let read = 0;
  try {
    while (read < size) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(size - read, 1024 * 1024)));
      if (bytesRead === 0) throw new Failure(EXITS.changed, "a file changed while it was read");
      read += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
  yield padding(size);
}

function padding(size) {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** As GNU tar writes it: what is longer than 100 bytes stands before its entry. */
function* header(type, name, stat, { link = Buffer.alloc(0), size = 0 } = {}) {
  for (const [kind, text] of [
    ["L", name],
    ["K", link],
  ]) {
    if (text.length <= 100) continue;
    const long = Buffer.concat([text, Buffer.alloc(1)]);
    yield block(
      kind,
      Buffer.from("././@LongLink"),
      { mode: 0, uid: 0, gid: 0, mtimeMs: 0 },
      { size: long.length },
    );
    yield Buffer.concat([long, padding(long.length)]);
  }
  yield block(type, name, stat, { link, size });
}

function block(type, name, { mode, uid, gid, mtimeMs }, { link = Buffer.alloc(0), size }) {
  const made = Buffer.alloc(BLOCK);
  name.copy(made, 0, 0, 100);
  number(made, 100, 8, mode & 0o7777);
  number(made, 108, 8, uid);
  number(made, 116, 8, gid);
  number(made, 124, 12, size);
  number(made, 136, 12, Math.floor(mtimeMs / 1000));
  made.write(type, 156);
  link.copy(made, 157, 0, 100);
  made.write("ustar  ", 257);
  made.fill(" ", 148, 156);
  const sum = made.reduce((total, byte) => total + byte, 0);
  made.write(`${sum.toString(8).padStart(6, "0")}\0`, 148);
  return made;
}

/** In octal digits; or, when they are too few or it is negative, in binary, which the first bit says. */
function number(block, at, length, value) {
  const digits = value < 0 ? "" : value.toString(8);
  if (value >= 0 && digits.length < length) {
    block.write(`${digits.padStart(length - 1, "0")}\0`, at);
    return;
  }
  block.fill(value < 0 ? 255 : 0, at, at + length);
  block.writeBigInt64BE(BigInt(value), at + length - 8);
  block[at] |= 0x80;
}
