// A home folder for child processes: the user's own, or one in the data folder where there is none that can be written, as
// in a closed-in systemd unit. Pulumi's own home is Berth's in any case.
import { accessSync, constants } from "node:fs";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** HOME and PULUMI_HOME of child processes. */
export function homesFor({ HOME, PULUMI_HOME, XDG_CACHE_HOME }: Environment, dataDir: string) {
  const home = HOME && isWritable(HOME) ? HOME : join(dataDir, "home");
  const cache = XDG_CACHE_HOME || join(home, ".cache");
  return { HOME: home, PULUMI_HOME: PULUMI_HOME || join(cache, "berth", "pulumi-home") };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
