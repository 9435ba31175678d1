// What a thousand open pages cost one API process: memory, and how status is answered meanwhile.
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { API_KEY } from "../support/berth.ts";
import { Server } from "../support/faults/server.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { memoryBytes } from "../support/resources.ts";
import { load, numbers } from "./reads.ts";
import { mib, ms, percentile, type Table } from "./table.ts";

const STREAMS = 1_000;
const ACCOUNTS = 50;
const DEPLOYMENTS_OF_AN_ACCOUNT = 10;
const CHANGES_A_SECOND = 10;

export async function streams(): Promise<Table> {
  const postgres = await startPostgres();
  try {
    const rows = [await measure("PostgreSQL", postgres), await measure("embedded PGlite")];
    const head = [
      "one API process",
      "memory",
      "status reads/s",
      "p50",
      "p99",
      "a change is there after, p50 and p99",
    ];
    return [head, ...rows.flat()];
  } finally {
    await postgres.stop();
  }
}

interface Account {
  readonly apiKey: string;
  readonly ids: readonly string[];
}

async function measure(name: string, postgres?: PostgresServer): Promise<string[][]> {
  const settings = {
    BERTH_ROLE: "api",
    BERTH_RATE_READS: "0",
    BERTH_RATE_WRITES: "0",
    BERTH_PORT_RANGE: "33000-33255",
    BERTH_SUBNET_POOL: "10.218.0.0/20",
    BERTH_MAX_CONNECTIONS: "4000",
    BERTH_MAX_CONNECTIONS_PER_ADDRESS: "4000",
    ...(postgres && { DATABASE_URL: postgres.url }),
  };
  const server = await Server.start(postgres ? 46 : 47, { settings });
  try {
    const accounts: Account[] = [];
    for (let n = 0; n < ACCOUNTS; n++) accounts.push(await newAccount(server, n));
    const [id = ""] = (accounts[0] as Account).ids;
    const row = async (state: string, delays: readonly number[] = []) => {
      const result = await load(server, id, accounts[0]?.apiKey);
      const seen = delays.length === 0 ? "" : `${ms(percentile(delays, 50))}, ${ms(percentile(delays, 99))}`;
      return [`${name}, ${state}`, mib(memoryBytes(server.pid)), ...numbers(result), seen];
    };
    await load(server, id, accounts[0]?.apiKey);
    const rows = [await row("no streams")];
    const pages = await openPages(server, accounts);
    rows.push(await row(`${STREAMS} streams`));
    const over = new AbortController();
    const changing = change(server, accounts, pages, over.signal);
    const busy = await row(`${STREAMS} streams, ${CHANGES_A_SECOND} changes a second`);
    over.abort();
    const delays = await changing;
    rows.push([...busy.slice(0, -1), `${ms(percentile(delays, 50))}, ${ms(percentile(delays, 99))}`]);
    for (const page of pages) page.close();
    return rows;
  } finally {
    await server.close();
  }
}

async function newAccount(server: Server, number: number): Promise<Account> {
  const { apiKey } = await call(server, "POST", "/api/v1/keys", API_KEY, { account: `page-${number}` });
  const ids: string[] = [];
  for (let n = 0; n < DEPLOYMENTS_OF_AN_ACCOUNT; n++) {
    const bought = await call(server, "POST", "/api/v1/assistants/purchase", String(apiKey), {
      apiMode: "byok",
    });
    // One of them can be renamed: a paid slot takes a port.
    const paid = n === 0 ? await fetch(String(bought.checkoutUrl), { method: "POST" }) : undefined;
    if (paid && !paid.ok) throw new Error(`Paying failed: ${paid.status}`);
    ids.push(String(bought.deploymentId));
  }
  return { apiKey: String(apiKey), ids };
}

async function call(server: Server, method: string, path: string, key: string, body: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: { "X-API-Key": key, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: Record<string, unknown> }).data;
}

/** One page: counts what comes, and knows when it has come to a text. */
class Page {
  readonly #request: ClientRequest;
  #text = "";
  #wanted: { readonly text: string; readonly seen: () => void } | undefined;

  constructor(server: Server, key: string) {
    const headers = { "X-API-Key": key };
    this.#request = request(`${server.url}/api/v1/events`, { headers, agent: false }).end();
    this.#request.on("error", () => {});
  }

  async open(): Promise<void> {
    const seeded = this.until("event: seeded");
    const [answer] = (await once(this.#request, "response")) as [IncomingMessage];
    if (answer.statusCode !== 200) throw new Error(`A stream was refused: ${answer.statusCode}`);
    answer.setEncoding("utf8").on("data", (piece: string) => {
      // The end of a piece is kept, in which a text may begin.
      this.#text = this.#text.slice(-200) + piece;
      if (this.#wanted && this.#text.includes(this.#wanted.text)) this.#wanted.seen();
    });
    answer.on("error", () => {});
    await seeded;
  }

  until(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#wanted = { text, seen: resolve };
    });
  }

  close(): void {
    this.#request.destroy();
  }
}

async function openPages(server: Server, accounts: readonly Account[]): Promise<Page[]> {
  const pages: Page[] = [];
  for (let n = 0; n < STREAMS; n++) {
    const page = new Page(server, accounts[n % accounts.length]?.apiKey ?? "");
    await page.open();
    pages.push(page);
  }
  return pages;
}

/** Renames slots of one account after the other. @returns after how many milliseconds a page of the account has it */
async function change(
  server: Server,
  accounts: readonly Account[],
  pages: readonly Page[],
  over: AbortSignal,
): Promise<number[]> {
  const delays: number[] = [];
  for (let n = 0; !over.aborted; n++) {
    const account = accounts[n % accounts.length];
    const page = pages[n % accounts.length];
    const [id] = account?.ids ?? [];
    if (!account || !page || !id) continue;
    const name = `Renamed ${crypto.randomUUID()}`;
    const begun = performance.now();
    const seen = page.until(name).then(() => void delays.push(performance.now() - begun));
    await call(server, "PATCH", `/api/v1/assistants/${id}`, account.apiKey, { name });
    await Promise.race([seen, sleep(2_000)]);
    await sleep(Math.max(0, begun + 1_000 / CHANGES_A_SECOND - performance.now()));
  }
  return delays;
}
