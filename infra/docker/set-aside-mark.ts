// That an assistant's openclaw.json was set aside, where it outlives who was to report it: in the volume with what the
// assistant is handed, which it can only read.
import { buffer } from "node:stream/consumers";
import { resourceName } from "../args.ts";
import { keptAside } from "../assistant/edit-settings.mjs";
import { HANDED_PATH } from "../assistant/openclaw.ts";
import { type Remark, remarksIn } from "../assistant/remarks.mjs";
import { openFile, put } from "./settings-file.ts";
import { readTarFile, tarFile } from "./tar.ts";

const MARK = "set-aside.json";

/** Call it before the file gets that name. @throws Error of the engine */
export async function markSetAside(door: string, copy: string): Promise<void> {
  const mark = JSON.stringify({ copy, atMs: Date.now() });
  await put(door, HANDED_PATH, await tarFile(MARK, mark, { uid: 0, gid: 0, mode: 0o444 }));
}

/**
 * What was remarked then or later; none without a container of the deployment's.
 * @param sinceMs by the clock of this host
 * @throws Error of the engine
 */
export async function remarksSince(deploymentId: string, sinceMs: number): Promise<readonly Remark[]> {
  const packed = await openFile(resourceName(deploymentId), `${HANDED_PATH}/${MARK}`);
  const mark = packed && (await readTarFile(await buffer(packed)));
  if (!mark) return [];
  const { copy, atMs } = JSON.parse(String(mark)) as { readonly copy: string; readonly atMs: number };
  return atMs < sinceMs ? [] : remarksIn(keptAside(copy));
}
