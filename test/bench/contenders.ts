// The plain script as a contender, in a process of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./plain-script.ts", import.meta.url));
const HOME = fileURLToPath(new URL("../..", import.meta.url));

export interface Contender {
  readonly image: string;
  /** A number that no other one has meanwhile. */
  readonly place: number;
  /** How many it activates. */
  readonly count?: number;
  /** What its stacks have on another target than Docker. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Starts the plain script; once it has loaded, `go` makes it do its task and answers with what it measured. */
export async function plainScript<T>(
  task: "lives" | "activations",
  { image, place, count = 1, config = {} }: Contender,
) {
  const folder = await mkdtemp(join(tmpdir(), "berth-plain-"));
  const args = [task, folder, image, String(place), String(count), JSON.stringify(config)];
  const env = { ...process.env, BERTH_HOME: HOME };
  const script = fork(SCRIPT, args, { env });
  await once(script, "message");
  return {
    async go(): Promise<T> {
      try {
        const result = once(script, "message");
        const died = once(script, "exit").then(([code]) => {
          throw new Error(`The plain script ended with ${code}.`);
        });
        script.send("go");
        const [measured] = await Promise.race([result, died]);
        await died.catch(() => {});
        return measured as T;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
