// Commands that need the database go through the running server: an embedded database belongs to its process alone.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/config.ts";

/**
 * One call of the running server's API with the operator's key; the answer's `data`.
 * @throws Error when it does not answer, or refuses.
 */
export async function callServer<T>(
  config: Config,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  return (await ask<T>(config, method, path, body)).data;
}

/** All rows of a list that comes by pages; `path` with its query. */
export async function callForAll<T>(config: Config, path: string): Promise<T[]> {
  const rows: T[] = [];
  for (let next = ""; ; ) {
    const { data, nextCursor } = await ask<T[]>(config, "GET", path + next);
    rows.push(...data);
    if (!nextCursor) return rows;
    next = `&cursor=${nextCursor}`;
  }
}

interface Answered<T> {
  readonly data: T;
  readonly nextCursor?: string | null;
}

async function ask<T>(config: Config, method: string, path: string, body?: unknown): Promise<Answered<T>> {
  const url = serverUrl(config);
  const apiKey = config.apiKey ?? (await keptKey(config));
  const answer = await fetch(url + path, {
    method,
    headers: { "X-API-Key": apiKey, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(
      `Berth does not answer on ${url}. Start it with npm start, or set HOST and PORT as it has them.`,
    );
  });
  const { data, nextCursor, error } = (await answer.json()) as Partial<Answered<T>> & {
    error?: { message: string; details?: { field: string; message: string }[] };
  };
  if (answer.ok && data !== undefined) return { data, nextCursor: nextCursor ?? null };
  const details = Array.isArray(error?.details) ? error.details : [];
  const fields = details.map(({ field, message }) => `\n  ${field}: ${message}`);
  throw new Error((error?.message ?? `Berth answered ${answer.status}.`) + fields.join(""));
}

async function keptKey({ stacks }: Config): Promise<string> {
  const text = await readFile(join(stacks.dataDir, "api-key"), "utf8").catch((error: Error) => {
    throw new Error(
      `The operator's key can't be read: ${error.message}. The server makes that file at its first start: start Berth, and run this as its user and with its settings.`,
      { cause: error },
    );
  });
  return text.trim();
}

/** Where this installation's server listens, whatever its public address is. */
export function serverUrl({ host, port }: Config): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
