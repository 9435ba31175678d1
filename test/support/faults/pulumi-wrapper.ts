// A `pulumi` for a server's PATH that runs the real one, and can be told to hold it at an exact point.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { testTools } from "../berth.ts";

const PAUSED = fileURLToPath(new URL("./paused-pulumi.ts", import.meta.url));

/** Resources of a stack, by the names that they have in it. */
type Resource = "network" | "state" | "settings" | "assistant" | "readiness";

/**
 * Where the CLI is held. `during`, `after`: the checkpoint says that a resource is worked on, or was made or has gone.
 * `after the end`: the CLI has ended well, and Berth does not know yet; of a delete the stack's record is still there.
 */
export type Point =
  | "before the spawn"
  | "after the lock"
  | `during ${Resource}`
  | `after ${Resource}`
  | "after the end";

export interface Plan {
  readonly point: Point;
  /** `up`, `destroy` …: the first of these that is run is held. */
  readonly commands: readonly string[];
}

export class PulumiWrapper {
  /** For the front of PATH. */
  readonly folder: string;

  /** @param hasOwnPlugins the engine starts its plugins itself, even where Berth would serve them */
  constructor(folder: string, { hasOwnPlugins = false } = {}) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    const real = testTools().pulumi.path;
    const script = `#!/bin/sh
${hasOwnPlugins ? "unset PULUMI_DEBUG_PROVIDERS" : ""}
[ -e '${folder}/plan.json' ] && exec '${process.execPath}' '${PAUSED}' '${folder}' '${real}' "$@"
exec '${real}' "$@"
`;
    writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
  }

  plan(point: Point, commands: readonly string[]): void {
    const plan: Plan = { point, commands };
    // Written whole: the wrapper may look at any time.
    writeFileSync(join(this.folder, "plan.json.tmp"), JSON.stringify(plan));
    renameSync(join(this.folder, "plan.json.tmp"), join(this.folder, "plan.json"));
  }

  /** Waits until the CLI is held; false if it isn't before `over` is true. */
  async isHeld(over: () => Promise<boolean>): Promise<boolean> {
    for (; ; await sleep(10)) {
      if (existsSync(join(this.folder, "reached"))) return true;
      if (await over()) return existsSync(join(this.folder, "reached"));
    }
  }

  /** Lets the CLI go on, if it still lives. */
  go(): void {
    rmSync(join(this.folder, "plan.json"), { force: true });
    rmSync(join(this.folder, "reached"), { force: true });
  }
}
