// Browsers and proxies open connections ahead, and send their first request on one whenever there is one to send.
import type { Socket } from "node:net";

/**
 * Ends a connection that has brought nothing until Node's time for a request was over, without an answer: a 408 would lie in the
 * connection and pass for the answer to the first request that is sent on it. What has arrived meanwhile is served.
 * @param error the server's "clientError"
 * @returns false when it is anything else, which is left alone
 */
export function endUnused(error: NodeJS.ErrnoException, socket: Socket): boolean {
  if (error.code !== "ERR_HTTP_REQUEST_TIMEOUT" || socket.bytesRead > 0) return false;
  // A process that was held up looks at the time before it reads what has come.
  setImmediate(() => {
    if (socket.bytesRead === 0) socket.destroy();
  });
  return true;
}
