// Whether a connection is a session of PostgreSQL for as long as it lasts. Berth needs that: advisory locks and LISTEN
// belong to a session, and a pooler by transaction gives one client's session to the next.
import type { Client } from "pg";

const TIMEOUT_MS = 10_000;
const OTHERS = 3;
/** A pooler that goes round its sessions comes to another one sooner or later. */
const LOOKS = 5;

/** @throws Error when DATABASE_URL leads to a pooler that pools by transaction or statement */
export async function assertSessions(url: string): Promise<void> {
  const { default: pg } = await import("pg");
  const timeouts = { connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS };
  const clients = Array.from({ length: 1 + OTHERS }, () => {
    const client = new pg.Client({ connectionString: url, ...timeouts });
    return client.on("error", () => {});
  });
  try {
    const [first, ...others] = clients;
    if (!first || (await isOwnSession(first, others))) return;
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
  throw new Error(
    "DATABASE_URL leads to a pooler that pools by transaction or statement, and Berth needs sessions of its own: let it lead to PostgreSQL itself, or to a pooler in session mode (pgbouncer: pool_mode = session).",
  );
}

/** Others hold a transaction each meanwhile: one of them has the first one's session if that was given back. */
async function isOwnSession(first: Client, others: readonly Client[]): Promise<boolean> {
  await first.connect();
  const own = await sessionOf(first);
  let begun = 0;
  for (const other of others) {
    await other.connect();
    if (!(await begins(other))) continue;
    begun++;
    if ((await sessionOf(other)) === own) return false;
  }
  if (begun === 0) return false;
  for (let look = 0; look < LOOKS; look++) if ((await sessionOf(first)) !== own) return false;
  return true;
}

/** False where there are no transactions of several statements, as with a pooler by statement. */
async function begins(client: Client): Promise<boolean> {
  try {
    await client.query("begin");
    return true;
  } catch (error) {
    // The pooler's own words for what its mode does not allow: PostgreSQL refuses none in this class.
    if (!String((error as { readonly code?: unknown }).code).startsWith("08")) throw error;
    return false;
  }
}

async function sessionOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid;
}
