// The app on a database alone: no data folder, no worker, nothing that a deployment needs. For calls about accounts.
import { pino } from "pino";
import { type AppParts, createApp } from "../../api/app.ts";
import type { RateSettings } from "../../api/config/limits.ts";
import { close, httpServer, listen } from "../../api/http-server.ts";
import { cookieNameOf } from "../../api/middleware/session-cookie.ts";
import { AuditTrail } from "../../stacks/accounts/audit-trail.ts";
import { KeyLookup } from "../../stacks/accounts/key-lookup.ts";
import { SessionLookup } from "../../stacks/accounts/session-lookup.ts";
import type { Database } from "../../stacks/database/database.ts";
import { NO_REHEARSAL } from "../../stacks/rehearsal/rehearsal.ts";
import { SecretBox } from "../../stacks/secret.ts";
import type { TestKey } from "./accounts.ts";
import { API_KEY } from "./berth.ts";
import { send } from "./browser-calls.ts";

export interface AppSettings {
  readonly apiKey?: string;
  readonly publicUrl?: string;
  readonly trustProxy?: string[];
  readonly rates?: Partial<RateSettings>;
  /** Stands for another installation if it is another one. */
  readonly secretKey?: Buffer;
}

export interface ServedApp {
  /** Where it listens. */
  readonly url: string;
  readonly cookieName: string;
  /** Makes a key with the operator's. */
  newKey(settings: Record<string, unknown>): Promise<TestKey>;
  /** All that was logged. */
  readonly logged: readonly string[];
  /** Also writes its audit rows. */
  close(): Promise<void>;
}

const NO_LIMIT = { reads: 0, writes: 0, accountReads: 0, accountWrites: 0, wrongKeys: 0 };
const SECRET_KEY = Buffer.alloc(32, 7);

export async function serveApp(database: Database, settings: AppSettings = {}): Promise<ServedApp> {
  const { apiKey = API_KEY, trustProxy, secretKey = SECRET_KEY } = settings;
  const logged: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void logged.push(line) });
  const trail = new AuditTrail(database.sql, log);
  const box = new SecretBox(secretKey);
  const cookieName = cookieNameOf(box);
  const server = httpServer({ most: 1_000, ofAddress: 1_000 }, trustProxy);
  const url = await listen(server, { host: "127.0.0.1", port: 0 });
  const parts = {
    ...{ sql: database.sql, database, box, log, trail, apiKey, trustProxy, cookieName },
    publicUrl: settings.publicUrl ?? url,
    keyLookup: new KeyLookup(database),
    sessions: new SessionLookup(database, box, apiKey),
    payments: { kind: "simulated" },
    rehearsal: NO_REHEARSAL,
    settings: { places: [{ target: "docker" }], stateLimitBytes: 0 },
    limits: {
      rates: { ...NO_LIMIT, ...settings.rates },
      connections: { most: 1_000, ofAddress: 1_000 },
      maxLiveDeployments: 0,
    },
  };
  server.on("request", createApp(parts as unknown as AppParts));
  return {
    url,
    cookieName,
    logged,
    async newKey(key) {
      const { status, body } = await send(url, "POST", "/api/v1/keys", { "X-API-Key": apiKey }, key);
      if (status !== 201) throw new Error(`No key was made: ${JSON.stringify(body)}`);
      return body.data as unknown as TestKey;
    },
    async close() {
      server.closeAllConnections();
      await close(server);
      await trail.close();
    },
  };
}
