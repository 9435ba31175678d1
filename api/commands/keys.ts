import { parseArgs } from "node:util";
import type { Config } from "../config/config.ts";
import { giveUp, INSTALLATION_KEYS_USAGE, rotateInstallation } from "./installation-keys.ts";
import { callServer } from "./running-server.ts";

export const KEYS_USAGE = `  keys create [--account NAME] [--name NAME] [--scopes read,write] [--expires 90d]
             make an API key, and the account if it is new; the key is printed this once
  keys list [--account NAME]
  keys revoke <keyId>
             end a key at once
  keys rotate <keyId> [--overlap 24h]
             make a key's successor; the old one works on for that time (0 ends it at once)
${INSTALLATION_KEYS_USAGE}`;

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

/** `keys …`: manages accounts' API keys. */
export async function keys(config: Config, args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      account: { type: "string" },
      name: { type: "string" },
      scopes: { type: "string" },
      expires: { type: "string" },
      overlap: { type: "string" },
    },
  });
  const [action, keyId] = positionals;
  const path = `/api/v1/keys/${encodeURIComponent(keyId ?? "")}`;
  if (action === "rotate-installation" && !keyId) return rotateInstallation(config);
  if (action === "give-up") return giveUp(config, keyId);
  if (action === "create" && !keyId) {
    const { account, name, scopes, expires } = values;
    const body = {
      account,
      name,
      scopes: scopes?.split(","),
      expiresInSeconds: expires === undefined ? undefined : durationSeconds(expires),
    };
    return printNew(await callServer<NewKey>(config, "POST", "/api/v1/keys", body));
  }
  if (action === "list" && !keyId) {
    const query = values.account === undefined ? "" : `?account=${encodeURIComponent(values.account)}`;
    return printList(await callServer<ShownKey[]>(config, "GET", `/api/v1/keys${query}`));
  }
  if (action === "revoke" && keyId) {
    await callServer(config, "DELETE", path);
    return console.log(`Revoked ${keyId}.`);
  }
  if (action === "rotate" && keyId) {
    const { overlap } = values;
    const body = { overlapSeconds: overlap === undefined ? undefined : durationSeconds(overlap) };
    return printNew(await callServer<NewKey>(config, "POST", `${path}/rotate`, body));
  }
  throw new Error(`Usage: npm run -s berth -- keys …\n\n${KEYS_USAGE}`);
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
