import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { openFilesLimit } from "./descriptors.ts";
import { deadProxies } from "./proxy-check.ts";

const FEW_FILES = 4_096;

/** Logs what about this machine leaves less room than a server needs, or what will fail later in other words. */
export function warnOfSurroundings({ environment, limits }: Config, log: Logger): void {
  const files = openFilesLimit();
  if (files !== undefined && files < FEW_FILES)
    log.warn(
      { files, connections: limits.connections.most },
      "this process may open few files (LimitNOFILE, ulimit -n), so it takes few connections at once",
    );
  void deadProxies(environment).then((sentences) => sentences.map((sentence) => log.warn(sentence)));
}
