// What no part of the server has caught. A database's connection that broke ends nothing: who needs it asks again. After
// anything else nobody knows in which state this process is: it ends, and what it was at is taken over or done again.
import type { Logger } from "pino";
import { isConnectionLost } from "../stacks/database/connections.ts";

/** Logs every exception and rejection that nobody has caught, and ends the process with 1 unless it can go on. */
export function handleUncaught(log: Logger): void {
  // Rejections come here, too: Node makes exceptions of those that nobody listens to.
  process.on("uncaughtException", (error: unknown, origin) => {
    if (isConnectionLost(error)) {
      log.error({ err: error, origin }, "a connection to the database broke where nobody waited for it");
      return;
    }
    log.fatal({ err: error, origin }, "an error that nobody has caught ends this process");
    process.exit(1);
  });
}
