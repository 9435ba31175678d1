// Progress of the set-up on stderr: what, how far, how long so far. Failures name the step, why and what to do.

const HEARTBEAT_MS = 10_000;

/** A step of the set-up that failed, in words for the person who runs it. */
export class SetupError extends Error {
  constructor(step: string, why: string, whatToDo: string) {
    super(
      `${step} failed: ${why}\n  ${whatToDo}\n  What was finished is kept: the same command goes on from there.`,
    );
    this.name = "SetupError";
  }
}

/** Reports how far a step is, e.g. `12 of 40`. */
export type Report = (howFar: string) => void;

/** Carries out one step and reports its progress; a long one every ten seconds. */
export async function step<T>(what: string, work: (report: Report) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  let howFar = "";
  const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`;
  say(`${what} …`);
  const heartbeat = setInterval(
    () => say(`${what} … ${howFar && `${howFar}, `}${seconds()} so far`),
    HEARTBEAT_MS,
  );
  try {
    const result = await work((text) => {
      howFar = text;
    });
    say(`${what}: done in ${seconds()}`);
    return result;
  } catch (error) {
    // The reason follows when every step that runs beside this one has ended.
    say(`${what}: failed after ${seconds()}`);
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Like `step`, for work whose errors don't know what to do: they become a SetupError with that advice. */
export async function stepWithAdvice<T>(
  what: string,
  advice: string,
  work: (report: Report) => Promise<T>,
): Promise<T> {
  return step(what, work).catch((error: unknown) => {
    if (error instanceof SetupError) throw error;
    throw new SetupError(what, error instanceof Error ? error.message : String(error), advice);
  });
}

/** Writes one line to stderr: stdout belongs to the command. */
export function say(text: string): void {
  process.stderr.write(`berth: ${text}\n`);
}

/** Prints an error that ends a command. Those meant for people without their stack. */
export function printFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? `\n  ${error.cause.message}` : "";
  say(`${message}${cause}`);
}
