// Parts of sentences for people. An error: never with a stack, and one of the connection to an engine as such.

const NETWORK: readonly unknown[] = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"];

/** What an error says; that the engine is not reachable, if a connection could not be made or broke. */
export function errorSentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isNetwork = syscall === "connect" || NETWORK.includes(code);
  return isNetwork ? `The container engine is not reachable: ${error.message || code}` : error.message;
}

/** @example 1 → "1 deployment", 2 → "2 deployments" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** For a small program that others start: what it does not catch ends it with 1 and a sentence on stderr. */
export function endWithSentence(): void {
  process.on("uncaughtException", (error: unknown) => {
    process.stderr.write(`${errorSentence(error)}\n`);
    process.exit(1);
  });
}
