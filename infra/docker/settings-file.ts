// The files of settings in an assistant's volume, read and written through a container that is never started.
import type { IncomingMessage } from "node:http";
import { basename, dirname } from "node:path/posix";
import type Modem from "docker-modem";
import { STATE_PATH } from "../assistant/image-contract.ts";
import { textOfBytes } from "../assistant/settings-bytes.mjs";
import { beginningOf } from "../assistant/whole-answer.ts";
import { callEngine, unlessGone } from "./client.ts";
import { readTarFile } from "./tar.ts";

export const SETTINGS = "openclaw.json";
/** OpenClaw keeps here what it has last accepted. */
export const LAST_GOOD = "openclaw.json.last-good";
const STAT = "x-docker-container-path-stat";
/** Of what is read of a file: settings are shorter by far. */
const LONGEST = 1024 * 1024;

interface Found {
  /** Of the file itself: a link within the volume is followed, any other stands for itself. */
  readonly path: string;
  /** Undefined if it is no file, or too long a one. */
  readonly text: string | undefined;
}

/** Undefined if there is nothing of that name. */
export async function findSettings(door: string, name: string): Promise<Found | undefined> {
  const path = `${STATE_PATH}/${name}`;
  const packed = await openFile(door, path);
  if (!packed) return undefined;
  const target = linkTarget(packed);
  if (!target) return { path, text: await read(packed) };
  packed.destroy();
  const followed = target.startsWith(`${STATE_PATH}/`) ? await openFile(door, target) : undefined;
  // As the engine has resolved it, there is no other link on its way.
  const text = followed && !linkTarget(followed) ? await read(followed) : undefined;
  return text === undefined ? { path, text } : { path: target, text };
}

/** Its archive; undefined if there is nothing at that path. */
export async function openFile(door: string, path: string): Promise<IncomingMessage | undefined> {
  const asked = { ...archive(door, path), method: "GET", isStream: true };
  return callEngine<IncomingMessage>(asked).catch(unlessGone);
}

/** What the engine says of what stands at a path, as text: another one once that was changed. @throws Error of the engine */
export async function readStat(door: string, path: string): Promise<string> {
  const asked = { ...archive(door, path), method: "HEAD", isStream: true };
  const answer = await callEngine<IncomingMessage>(asked);
  answer.resume();
  return String(answer.headers[STAT]);
}

/** Unpacks an archive in a folder. */
export async function put(door: string, folder: string, file: Modem.DialOptions["file"]): Promise<void> {
  await callEngine({ ...archive(door, folder), method: "PUT", file });
}

/** The archive of what stands at a path, to be unpacked under another name. */
export async function copyOf(
  packed: NodeJS.ReadableStream,
  path: string,
  to: string,
): Promise<NodeJS.ReadableStream> {
  const { renamed } = await import("./rename-archive.ts");
  return renamed(packed, { from: basename(path), to, folder: dirname(path) });
}

/** Where a link leads in the end, inside the container, as the engine says; undefined if it is none. */
function linkTarget({ headers }: IncomingMessage): string | undefined {
  const stat = String(headers[STAT] ?? "");
  const { linkTarget: target } = JSON.parse(Buffer.from(stat, "base64").toString() || "{}");
  return target ? String(target) : undefined;
}

async function read(packed: IncomingMessage): Promise<string | undefined> {
  const file = await readTarFile(await beginningOf(packed, LONGEST));
  return file && textOfBytes(file);
}

function archive(door: string, path: string): Modem.DialOptions {
  return { path: `/containers/${door}/archive?`, options: { path } };
}
