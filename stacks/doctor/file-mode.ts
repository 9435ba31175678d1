// Who may read a file, and whose it is.
import { stat } from "node:fs/promises";

export interface FileMode {
  readonly mode: number;
  readonly owner: number;
}

/** Undefined if there is no such file. */
export async function fileMode(path: string): Promise<FileMode | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && { mode: found.mode & 0o777, owner: found.uid };
}

export function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8)}`;
}
