// Connections to PostgreSQL that break: how their errors are recognised, and that none of them goes unheard.
import type pg from "pg";

/** Without them PostgreSQL, or we, would take a host that is gone for a silent one, for hours. */
export const KEEP_ALIVE = `set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3;
  set tcp_user_timeout = 25000`;

/** A connection is lost or refused (classes 08 and 53), or its server is being stopped or started. */
const LOST = /^(08|53|57P0)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Of Node, about the network. */
const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENOTFOUND"]);
const DRIVER = /[\\/]node_modules[\\/]pg(-\w+)?[\\/]/;

/** Whether an error says that PostgreSQL, or a connection to it, is away: not that it has refused what was asked. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false;
  if (!DRIVER.test(error.stack ?? "")) return false;
  const { code } = error as { readonly code?: unknown };
  // The driver's own errors have none: a connection that ended, or did not come about in time.
  if (code === undefined) return error.constructor === Error;
  if (typeof code !== "string") return false;
  return SQLSTATE.test(code) && !NETWORK.has(code) ? LOST.test(code) : true;
}

/** Clients that always have a listener, and so never end the process by an error. */
const heard = new WeakSet<typeof pg.Client>();

/**
 * Has all clients keep a listener for errors, those of pg-boss too: that one removes every listener from a connection that
 * broke, and a pooler reports one break twice, in PostgreSQL's words and in its own.
 */
export function hearAllClients(client: typeof pg.Client): void {
  if (heard.has(client)) return;
  heard.add(client);
  const { removeAllListeners } = client.prototype;
  client.prototype.removeAllListeners = function (this: pg.Client, ...events) {
    removeAllListeners.apply(this, events);
    return this.on("error", () => {});
  };
}
