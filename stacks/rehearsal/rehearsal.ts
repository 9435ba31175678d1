// Shows at the start what would fail at the first customer's: a throw-away stack is brought up and destroyed by a real
// operation process, with all that an assistant's needs but OpenClaw. Nothing is sold until that has worked once.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { openTarget } from "../../infra/targets.ts";
import { regularly } from "../async.ts";
import { BerthError } from "../errors.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { recordRehearsal } from "./record.ts";
import { type RehearsalParts, rehearse, stackName } from "./rehearse.ts";

const AGAIN_AFTER_MS = 15_000;
/** Who buys during the first seconds waits, and gets the answer. */
export const PURCHASE_WAITS_MS = 60_000;
/** It is written down again so often, for those that only read it. */
const RECORD_AGAIN_MS = 300_000;
const ENGINE_TIMEOUT_MS = 5_000;

export interface Rehearsal {
  /** Why it has not passed, for the operator; undefined once it has. */
  readonly problem: string | undefined;
  /** Waits a moment for one that runs. @throws BerthError UNAVAILABLE while it has not passed */
  assertPassed(): Promise<void>;
  /** Runs it once more, whatever was known; where workers do, reads how theirs ended. @returns the problem; undefined if it has passed */
  again(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** For a process that sells nothing, and a target on which no operation is rehearsed. */
export const NO_REHEARSAL: Rehearsal = {
  problem: undefined,
  assertPassed: async () => {},
  again: async () => undefined,
  stop: async () => {},
};

/** Rehearses in the background until it passes; skipped where the same version has passed with the same settings. */
export function startRehearsal(parts: RehearsalParts, log: Logger): Rehearsal {
  const file = join(parts.settings.dataDir, "rehearsal-passed");
  const fingerprint = fingerprintOf(parts);
  const running = new Running(parts);
  const record = recorder(parts, log);
  const rehearseNow = async () => {
    const had = running.problem;
    const problem = await running.once();
    if (problem !== undefined) await forget(file, log);
    else if (had !== undefined) await keep(file, fingerprint, log);
    await record(problem);
    return problem;
  };
  let said = "";
  const stop = regularly(AGAIN_AFTER_MS, async () => {
    if (running.problem === undefined) return record(undefined);
    if (!running.isKnown && (await readFile(file, "utf8").catch(() => "")) === fingerprint) {
      running.pass();
      return record(undefined);
    }
    const problem = await rehearseNow();
    if (problem !== undefined && problem !== said)
      log.error(`Nothing is sold until the rehearsal passes: ${problem}`);
    said = problem ?? "";
  });
  return {
    get problem() {
      return running.problem;
    },
    async assertPassed() {
      const waited = sleep(PURCHASE_WAITS_MS, undefined, { ref: false });
      if (running.problem !== undefined) await Promise.race([running.known, waited]);
      if (running.problem === undefined) return;
      throw notBought(running.problem);
    },
    again: rehearseNow,
    stop,
  };
}

/** Of a purchase that is refused until the rehearsal passes. */
export function notBought(problem: string): BerthError {
  return new BerthError("UNAVAILABLE", `Nothing was bought. ${problem}`);
}

/** Writes a result down for the processes that only sell: a new one at once, the same now and then. Never throws. */
function recorder({ sql, settings }: RehearsalParts, log: Logger) {
  let last: { readonly problem: string | undefined; readonly at: number } | undefined;
  return async (problem: string | undefined) => {
    const now = performance.now();
    if (last && last.problem === problem && now - last.at < RECORD_AGAIN_MS) return;
    await recordRehearsal(sql, stackName(settings.dataDir), problem ?? null).then(
      () => {
        last = { problem, at: now };
      },
      (error: unknown) => log.warn({ err: error }, "the rehearsal's result can't be recorded"),
    );
  };
}

/** One rehearsal at a time: who asks during one gets its result. */
class Running {
  problem: string | undefined =
    "Berth is still rehearsing what an operation needs. Try again in some seconds.";
  isKnown = false;
  /** Resolves when it is known for the first time how a rehearsal ends. */
  readonly known: Promise<void>;
  readonly #parts: RehearsalParts;
  readonly #first = Promise.withResolvers<void>();
  #current: Promise<string | undefined> | undefined;

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
    this.known = this.#first.promise;
  }

  once(): Promise<string | undefined> {
    this.#current ??= this.#run().finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  /** Takes it for passed. */
  pass(): void {
    this.#end(undefined);
  }

  async #run(): Promise<string | undefined> {
    return this.#end(await problemOf(this.#parts));
  }

  #end(problem: string | undefined): string | undefined {
    this.problem = problem;
    this.isKnown = true;
    this.#first.resolve();
    return problem;
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
  await writeFile(file, fingerprint, { mode: 0o600 }).catch((error: unknown) =>
    log.warn({ err: error }, "that the rehearsal has passed can't be kept: the next start rehearses again"),
  );
}

async function forget(file: string, log: Logger): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) =>
    log.warn(
      { err: error },
      "that a rehearsal has passed can't be forgotten: the next start may not rehearse",
    ),
  );
}
