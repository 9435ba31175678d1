// `npm run -s berth -- keys …`: accounts' API keys, by the running server.
import type { Config } from "../config/config.ts";
import { callForAll, callServer } from "./running-server.ts";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

interface ShownKey {
  readonly keyId: string;
  readonly account: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}
type NewKey = ShownKey & { readonly apiKey: string };

const KEYS = "/api/v1/keys";

/** As they are written on the command line. */
interface KeyWanted {
  readonly account?: string;
  readonly name?: string;
  readonly scopes?: string;
  readonly expires?: string;
}

export async function createKey(config: Config, { scopes, expires, ...wanted }: KeyWanted): Promise<void> {
  const body = {
    ...wanted,
    scopes: scopes?.split(","),
    expiresInSeconds: expires === undefined ? undefined : durationSeconds(expires),
  };
  printNew(await callServer<NewKey>(config, "POST", KEYS, body));
}

export async function listKeys(config: Config, account: string | undefined): Promise<void> {
  const query = new URLSearchParams({ limit: "100", ...(account !== undefined && { account }) });
  printList(await callForAll<ShownKey>(config, `${KEYS}?${query}`));
}

export async function revokeKey(config: Config, keyId: string): Promise<void> {
  await callServer(config, "DELETE", `${KEYS}/${encodeURIComponent(keyId)}`);
  console.log(`Revoked ${keyId}.`);
}

/** @param overlap for so long the key before works on; the server's default if absent */
export async function rotateKey(config: Config, keyId: string, overlap: string | undefined): Promise<void> {
  const body = { overlapSeconds: overlap === undefined ? undefined : durationSeconds(overlap) };
  const path = `${KEYS}/${encodeURIComponent(keyId)}/rotate`;
  printNew(await callServer<NewKey>(config, "POST", path, body));
}

/** `90d`, `24h`, `30m`, `10s` or 0 in seconds. */
export function durationSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count && unit) return Number(count) * SECONDS[unit as keyof typeof SECONDS];
  if (text === "0") return 0;
  throw new Error(`"${text}" is no duration. Write it as 90d, 24h, 30m or 10s.`);
}

/** The key alone on standard output, so that it can be piped into a secret store. */
function printNew({ apiKey, keyId, account, name, scopes, expiresAt }: NewKey): void {
  console.error(
    `Key ${keyId} "${name}" of account ${account} (${scopes.join(", ")}), ${expiresAt ? `until ${expiresAt}` : "without end"}. Shown this once:`,
  );
  console.log(apiKey);
}

function printList(list: readonly ShownKey[]): void {
  const rows = list.map((key) => [
    key.keyId,
    key.account,
    key.name,
    key.scopes.join(","),
    state(key),
    key.lastUsedAt ? `used ${key.lastUsedAt}` : "never used",
  ]);
  for (const row of rows) console.log(row.join("  "));
}

function state({ expiresAt, revokedAt }: ShownKey): string {
  const ends = [expiresAt, revokedAt].filter((time) => time !== null).toSorted()[0];
  if (!ends) return "works";
  return Date.parse(ends) <= Date.now() ? `ended ${ends}` : `works until ${ends}`;
}
