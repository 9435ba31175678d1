// Finds the session of a call, as KeyLookup finds its key: who shares a database asks it at every call, and the only process
// on an embedded one remembers.
import type { Database, Sql } from "../database/database.ts";
import type { SecretBox } from "../secret.ts";
import { hexHash } from "./api-keys.ts";
import { isLive, noteSessionUse, readSession, type Session } from "./sessions.ts";

/** More have not been used for long. */
const MOST_REMEMBERED = 10_000;

export class SessionLookup {
  /** A keyed hash of the installation's own key: the operator's sessions end when that is another one. */
  readonly operatorKey: string;
  readonly #sql: Sql;
  #remembered: Map<string, Session> | undefined;

  /** @param apiKey the installation's own key */
  constructor({ sql, kind }: Pick<Database, "sql" | "kind">, box: SecretBox, apiKey: string) {
    this.#sql = sql;
    this.operatorKey = box.fingerprint(`operator's key\n${apiKey}`);
    this.#remembered = kind === "pglite" ? new Map() : undefined;
  }

  /** The session of a cookie; "ended" if it no longer lives, undefined if there was none. */
  async find(value: string): Promise<Session | "ended" | undefined> {
    // What was read before a change goes to the map of before.
    const remembered = this.#remembered;
    const hash = hexHash(value);
    const session = remembered?.get(hash) ?? (await readSession(this.#sql, { hash }));
    const now = new Date();
    if (!session) return undefined;
    if (!isLive(session, this.operatorKey, now)) return "ended";
    const used = await noteSessionUse(this.#sql, session, now);
    remember(remembered, used);
    return used;
  }

  /** Whether a session that was found before still lives. @throws Error while the database is away */
  async stillLives(id: string): Promise<boolean> {
    const remembered = this.#remembered;
    const session = remembered?.get(id) ?? (await readSession(this.#sql, { id }));
    if (!session || !isLive(session, this.operatorKey, new Date())) return false;
    remember(remembered, session);
    return true;
  }

  /** Call it after a session has ended, or its key was revoked or rotated. */
  forget(): void {
    if (this.#remembered) this.#remembered = new Map();
  }
}

/** By its cookie and by its id: answers that go on ask for it every other second. */
function remember(sessions: Map<string, Session> | undefined, session: Session): void {
  if (sessions && sessions.size >= MOST_REMEMBERED) sessions.clear();
  sessions?.set(session.hash, session).set(session.id, session);
}
