// A small file system of a test's own that can be filled to the last byte. Mounting needs root.
import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const PIECE = Buffer.alloc(64 * 1024);

export function mountTmpfs(folder: string, sizeMib: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMib}m,mode=700`, "tmpfs", folder]);
}

export function unmount(folder: string): void {
  execFileSync("umount", ["--lazy", folder]);
}

/** Fills the file system that the folder is on. The returned function makes room again. */
export function fill(folder: string): () => void {
  const path = join(folder, "filler");
  const file = openSync(path, "w");
  try {
    for (let size = PIECE.length; size > 0; ) {
      try {
        writeSync(file, PIECE, 0, size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(path, { force: true });
}
