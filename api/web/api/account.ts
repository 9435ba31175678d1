// Of an account: its keys, its sessions, its audit trail. The operator may name another account.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { answerOf, BASE, client, type Shapes } from "./client.ts";
import { byPages } from "./pages.ts";

export type Key = Shapes["Key"];
export type NewKey = Shapes["NewKey"];
export type AuditRow = Shapes["AuditRow"];

const PAGE_SIZE = 50;

export const accountKeys = {
  keys: ["account", "keys"],
  sessions: ["account", "sessions"],
  audit: ["account", "audit"],
} as const;

/** @param account its name; empty for one's own, or of the operator for all */
export function keysQuery(account: string) {
  return infiniteQueryOptions({
    queryKey: [...accountKeys.keys, account],
    queryFn: ({ pageParam }) => answerOf(client.GET("/api/v1/keys", pageOf(account, pageParam))),
    ...byPages,
  });
}

/** @param account as of keysQuery */
export function sessionsQuery(account: string) {
  return infiniteQueryOptions({
    queryKey: [...accountKeys.sessions, account],
    queryFn: ({ pageParam }) => answerOf(client.GET("/api/v1/sessions", pageOf(account, pageParam))),
    ...byPages,
  });
}

/** Of what nothing is said, all are shown. Days are of the viewer's zone, both included. */
export interface AuditFilter {
  /** The operator alone. */
  readonly account?: string | undefined;
  readonly kind?: "read" | "change" | undefined;
  readonly outcome?: "done" | "refused" | undefined;
  readonly deployment?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: [...accountKeys.audit, filter],
    // Each call leaves a row: what was read is old at once.
    staleTime: 0,
    queryFn: ({ pageParam }) => {
      const query = { ...narrowing(filter), limit: PAGE_SIZE, ...(pageParam && { cursor: pageParam }) };
      return answerOf(client.GET("/api/v1/audit", { params: { query } }));
    },
    ...byPages,
  });
}

/** Where all the rows of a filter are had as a file. */
export function auditDownloadUrl(filter: AuditFilter): string {
  return `${BASE}/api/v1/audit/download?${new URLSearchParams(narrowing(filter))}`;
}

/** As the API takes it. */
function narrowing({ from, to, ...others }: AuditFilter) {
  const given = Object.entries({
    ...others,
    from: from && startOf(from, 0),
    to: to && startOf(to, 1),
  }).filter(([, value]) => value);
  return Object.fromEntries(given) as Record<string, string>;
}

/** When a day begins in the viewer's zone. @param later by how many days */
function startOf(day: string, later: number): string {
  const start = new Date(`${day}T00:00`);
  start.setDate(start.getDate() + later);
  return start.toISOString();
}

function pageOf(account: string, cursor: string | null) {
  return { params: { query: { limit: PAGE_SIZE, ...(account && { account }), ...(cursor && { cursor }) } } };
}

export interface KeyWanted {
  readonly name: string;
  readonly scopes: Key["scopes"];
  readonly expiresInSeconds?: number;
  /** The operator alone. */
  readonly account?: string;
}

/** @throws Refusal */
export async function createKey(body: KeyWanted): Promise<NewKey> {
  return (await answerOf(client.POST("/api/v1/keys", { body }))).data;
}

/** @param overlapSeconds how long the old one works on */
export async function rotateKey(id: string, overlapSeconds: number): Promise<NewKey> {
  const call = client.POST("/api/v1/keys/{id}/rotate", {
    params: { path: { id } },
    body: { overlapSeconds },
  });
  return (await answerOf(call)).data;
}

export async function revokeKey(id: string): Promise<void> {
  await answerOf(client.DELETE("/api/v1/keys/{id}", { params: { path: { id } } }));
}

export async function endSession(sessionId: string): Promise<void> {
  await answerOf(client.DELETE("/api/v1/sessions/{sessionId}", { params: { path: { sessionId } } }));
}
