// Makes an image of a folder, streamed: neither memory nor disk holds the archive.
import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import type { Report } from "../../toolchain/progress.ts";

/** The tag appears only when the whole folder has arrived. @throws Error with tar's or the engine's words. */
export async function importImage(
  docker: Docker,
  image: string,
  folder: string,
  { changes, report }: { readonly changes: readonly string[]; readonly report: Report },
): Promise<void> {
  const [repo, tag] = splitName(image);
  const aborting = new AbortController();
  const archive = new PassThrough();
  const imported = docker
    .importImage(archive, { repo, tag, changes, abortSignal: aborting.signal })
    .then((answer) => lastWord(docker, answer));
  const archived = writeArchive(["--numeric-owner", "--directory", folder, "."], archive, report);
  // Only a whole archive is ended: the engine would take an unfinished one for an image.
  archived.then(
    () => archive.end(),
    () => aborting.abort(),
  );
  await Promise.all([archived, imported]);
}

/** @param what options and paths, as tar takes them. The archive is not ended. @throws Error with tar's words */
export async function writeArchive(
  what: readonly string[],
  archive: PassThrough,
  report: Report,
): Promise<void> {
  const tar = spawn("tar", ["--create", ...what], { stdio: ["ignore", "pipe", "pipe"] });
  tar.stdout.pipe(archive, { end: false });
  let bytes = 0;
  tar.stdout.on("data", (piece: Buffer) => {
    bytes += piece.length;
    report(`${Math.round(bytes / 1e6)} MB`);
  });
  let complaint = "";
  tar.stderr.on("data", (piece: Buffer) => {
    complaint += piece;
  });
  const code = await new Promise<number | string | null>((resolve) => {
    tar.once("error", (error) => resolve(error.message));
    tar.once("close", resolve);
  });
  if (code !== 0) throw new Error(`tar ended with ${code}: ${complaint}`);
}

async function lastWord(docker: Docker, answer: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
  });
}

/** Repository and tag. */
export function splitName(image: string): [string, string] {
  const colon = image.lastIndexOf(":");
  return [image.slice(0, colon), image.slice(colon + 1)];
}
