// Connections to PostgreSQL that break or fall silent: how that is recognised, and that no error of theirs goes unheard.
import type pg from "pg";

/**
 * Makes a session ready, as far as its server has these settings: no statement of Berth's runs as long as it takes to compile
 * one, and PostgreSQL would keep the locks of a host that is gone for hours.
 */
export const READY = `select set_config(name, wanted, false) from pg_settings join (values ('jit', 'off'),
  ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'), ('tcp_keepalives_count', '3'),
  ('tcp_user_timeout', '25000')) as ours (name, wanted) using (name)`;

/**
 * For which a connection is waited for, and an answer on one: of a host that has vanished, or a server that hangs, none ever
 * comes. No statement of Berth's takes as long, but for migrations and who waits for a lock of theirs.
 */
export const PATIENCE = {
  connectionTimeoutMillis: 10_000,
  query_timeout: 30_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const satisfies pg.ClientConfig;

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

/** Has a connection end once it is lost: the next statement on it would wait behind the one that is not answered. */
export function endOnceLost(client: pg.ClientBase): void {
  const query = client.query.bind(client) as (...asked: unknown[]) => Promise<unknown>;
  Object.assign(client, {
    query: (...asked: unknown[]) =>
      query(...asked).catch((error: unknown) => {
        if (isConnectionLost(error)) void (client as pg.Client).end().catch(() => {});
        throw error;
      }),
  });
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
