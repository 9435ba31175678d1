// Shows at the start what would fail at the first customer's: a throw-away stack is brought up and destroyed by a real
// operation process, with all that an assistant's needs but OpenClaw. Nothing is sold until that has worked once.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { openTarget } from "../../infra/targets.ts";
import { untilStopped } from "../async.ts";
import { BerthError } from "../errors.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { type RehearsalParts, rehearse } from "./rehearse.ts";

const AGAIN_AFTER_MS = 15_000;
/** Whoever buys during the first seconds waits, and gets the answer. */
const PURCHASE_WAITS_MS = 60_000;
const ENGINE_TIMEOUT_MS = 5_000;

export interface Rehearsal {
  /** Why it has not passed, for the operator; undefined once it has. */
  readonly problem: string | undefined;
  /** Waits a moment for one that runs. @throws BerthError UNAVAILABLE while it has not passed */
  assertPassed(): Promise<void>;
  /** Runs it once more, whatever was known. @returns the problem; undefined if it has passed */
  again(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** For a process that carries out no operations, and a target on which none is rehearsed. */
export const NO_REHEARSAL: Rehearsal = {
  problem: undefined,
  assertPassed: async () => {},
  again: async () => undefined,
  stop: async () => {},
};

/** Rehearses in the background until it passes; skipped where the same version has passed with the same settings. */
export function startRehearsal(parts: RehearsalParts, log: Logger): Rehearsal {
  const file = join(parts.settings.dataDir, "rehearsal-passed");
  const running = new Running(parts);
  const passed = Promise.withResolvers<void>();
  const stop = untilStopped(async (signal) => {
    const fingerprint = await fingerprintOf(parts);
    const isKnown = (await readFile(file, "utf8").catch(() => "")) === fingerprint;
    for (let said = ""; !isKnown && !signal.aborted; ) {
      const problem = await running.once();
      if (problem === undefined) break;
      if (problem !== said) log.error(`Nothing is sold until the rehearsal passes: ${problem}`);
      said = problem;
      await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => {});
    }
    if (signal.aborted) return;
    running.problem = undefined;
    passed.resolve();
    if (isKnown) return;
    await keep(file, fingerprint, log).catch((error: unknown) =>
      log.warn({ err: error }, "that the rehearsal has passed can't be kept: the next start rehearses again"),
    );
  });
  return {
    get problem() {
      return running.problem;
    },
    async assertPassed() {
      const waited = sleep(PURCHASE_WAITS_MS, undefined, { ref: false });
      if (running.problem !== undefined) await Promise.race([passed.promise, running.first, waited]);
      if (running.problem === undefined) return;
      throw new BerthError("UNAVAILABLE", `Nothing was bought. ${running.problem}`);
    },
    again: () => running.once(),
    stop,
  };
}

/** One rehearsal at a time: who asks during one gets its result. */
class Running {
  problem: string | undefined =
    "Berth is still rehearsing what an operation needs. Try again in some seconds.";
  /** Resolves when it is known for the first time how a rehearsal ends. */
  readonly first: Promise<unknown>;
  readonly #parts: RehearsalParts;
  readonly #known = Promise.withResolvers<void>();
  #current: Promise<string | undefined> | undefined;

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
    this.first = this.#known.promise;
  }

  once(): Promise<string | undefined> {
    this.#current ??= this.#run().finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  async #run(): Promise<string | undefined> {
    this.problem = await problemOf(this.#parts);
    this.#known.resolve();
    return this.problem;
  }
}

async function problemOf(parts: RehearsalParts): Promise<string | undefined> {
  try {
    const [place] = parts.settings.places;
    if (place) await (await openTarget(place)).assertAnswers(ENGINE_TIMEOUT_MS);
    return await rehearse(parts);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function keep(file: string, fingerprint: string, log: Logger): Promise<void> {
  log.info("the rehearsal has passed: operations have what they need");
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, fingerprint, { mode: 0o600 });
}
