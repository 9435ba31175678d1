// Folders of Berth's own, closed to other users: who can write one decides what Berth reads and runs.
import { chmod, mkdir, realpath, stat } from "node:fs/promises";

const OTHERS = 0o077;

export interface ClosedFolder {
  /** In words, e.g. "data folder". */
  readonly what: string;
  /** The setting that names it. */
  readonly variable: string;
  /** Called for a folder that was open to others until now. */
  readonly onClosed: (message: string) => void;
}

/**
 * Creates the folder, and closes it (0700) if it is open to other users.
 * @returns its absolute path
 * @throws Error naming folder and setting when it can't be made, is another user's, or can't be closed
 */
export async function openClosedFolder(
  folder: string,
  { what, variable, onClosed }: ClosedFolder,
): Promise<string> {
  const path = await mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => realpath(folder))
    .catch((error: Error) => {
      throw new Error(
        `The ${what} ${folder} can't be made: ${error.message}. Set ${variable} to another folder.`,
      );
    });
  const before = await stat(path);
  const me = process.getuid?.();
  if (me === undefined) return path;
  if (before.uid !== me)
    throw new Error(
      `The ${what} ${path} belongs to user ${before.uid}, and Berth runs as user ${me}. Give it to that user (chown -R ${me} '${path}'), or set ${variable} to another folder.`,
    );
  // Also of a new one: a umask takes from the mode that was asked for.
  await chmod(path, 0o700).catch(() => {});
  const { mode } = await stat(path);
  if ((mode & 0o777) !== 0o700)
    throw new Error(
      `The ${what} ${path} is open to other users (mode ${octal(mode)}), and its file system does not let Berth close it. Set ${variable} to a folder on another one.`,
    );
  if ((before.mode & OTHERS) !== 0)
    onClosed(
      `The ${what} ${path} was open to other users (mode ${octal(before.mode)}) and was closed (0700).`,
    );
  return path;
}

/** @throws Error naming the folder when users other than its owner's group can write it; one that isn't there is fine */
export async function assertClosedForWriting(
  folder: string,
  { what, variable }: Pick<ClosedFolder, "what" | "variable">,
): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found && (found.mode & 0o002) !== 0)
    throw new Error(
      `The ${what} ${folder} can be written by every user (mode ${octal(found.mode)}). Close it (chmod o-w '${folder}'), or set ${variable} to another folder.`,
    );
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
