// The list of deployments: what it finds, by pages, and what its rows say without another call. The same on both databases.

import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Status } from "../../stacks/lifecycle.ts";
import { type CallWithKey, callWith, newKey } from "../support/accounts.ts";
import { startTestBerth, type TestBerth } from "../support/berth.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

interface Row extends Record<string, unknown> {
  readonly deploymentId: string;
  readonly name: string | null;
}

/** In the order in which they were bought. */
const NAMES = ["100% sure", "100 x sure", "snake_case", "snakeXcase", "Back\\slash", "QUIET", "<b>Bold</b>"];
const OUTPUTS = {
  status: "active",
  replicas: 1,
  containerId: "c0ffee",
  endpoint: null,
  image: "tiny",
  network: "net",
  volume: "vol",
};

describe.each(["PGlite", "PostgreSQL"])("on %s", (kind) => {
  let postgres: PostgresServer | undefined;
  let berth: TestBerth;
  let call: CallWithKey;
  let accountId: string;
  beforeAll(async () => {
    postgres = kind === "PostgreSQL" ? await startPostgres() : undefined;
    berth = await startTestBerth(46, {
      BERTH_ROLE: "api",
      BERTH_RATE_READS: "0",
      BERTH_MANAGED_MONTHLY_USD: "20",
      ...(postgres && { DATABASE_URL: postgres.url }),
    });
    call = callWith(berth, await newKey(berth, { account: "lister" }));
    accountId = await accountNamed("lister");
    for (const name of NAMES) await insert({ name });
  });
  afterAll(async () => {
    await berth?.close();
    await postgres?.stop();
  });

  async function accountNamed(name: string): Promise<string> {
    const { sql } = berth.installation;
    return (await sql.selectFrom("accounts").select("id").where("name", "=", name).executeTakeFirstOrThrow())
      .id;
  }

  interface Inserted {
    readonly name: string;
    readonly status?: Status;
    readonly bot?: string;
    readonly model?: string;
    readonly mode?: "byok" | "managed";
    readonly account?: string;
  }
  async function insert({ name, status = "stopped", bot, model, mode = "byok", account }: Inserted) {
    const id = uuidv7();
    await berth.installation.sql
      .insertInto("deployments")
      .values({
        id,
        account_id: account ?? accountId,
        status,
        api_mode: mode,
        checkout_id: crypto.randomUUID(),
        name,
        model_provider: model ? "openrouter" : null,
        model_id: model ?? null,
        bot_id: bot ?? null,
      })
      .execute();
    return id;
  }

  async function forget(name: string): Promise<void> {
    await berth.installation.sql.deleteFrom("deployments").where("name", "like", name).execute();
  }

  async function list(query: Record<string, string | string[]>): Promise<Row[]> {
    const { status, body } = await call("GET", `?${asQuery(query)}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.data as unknown as Row[];
  }

  it.each([
    ["%", ["100% sure"]],
    ["_", ["snake_case"]],
    ["\\", ["Back\\slash"]],
    ["quiet", ["QUIET"]],
    ["SNAKE", ["snake_case", "snakeXcase"]],
    ["  sure ", ["100% sure", "100 x sure"]],
    ["<b>", ["<b>Bold</b>"]],
    ["'; drop table deployments; --", []],
    ["", NAMES],
  ])("search %j finds %j", async (search, found) => {
    const names = (await list({ search })).map(({ name }) => name);
    expect(names.toReversed()).toEqual(found);
  });

  it("finds by model, bot and the beginning of the id, and nothing of another account", async () => {
    const other = await newKey(berth, { account: "other" });
    const searched = { name: "Searched", model: "Meta/Llama-9" };
    const id = await insert({ ...searched, bot: "987654321" });
    await insert({ ...searched, account: await accountNamed("other") });
    for (const search of ["openrouter/meta", "LLAMA-9", "987654321", "8765", id.slice(0, 30).toUpperCase()])
      expect((await list({ search })).map((row) => row.deploymentId)).toEqual([id]);
    expect(await list({ search: id.slice(10) })).toEqual([]);
    const others = await callWith(berth, other)("GET", "?search=searched");
    expect(others.body.data).toHaveLength(1);
    await forget("Searched");
  });

  it("knows upper and lower case beyond ASCII on the embedded database", async () => {
    const id = await insert({ name: "ÄRGER Жук" });
    const searches = kind === "PGlite" ? ["ärger", "ЖУК"] : ["ÄRGER Жук"];
    for (const search of searches)
      expect((await list({ search })).map((row) => row.deploymentId)).toEqual([id]);
    await forget("ÄRGER%");
  });

  it.each(["search=%00", `search=${"x".repeat(101)}`, "status=deleted", "status=", "status=active&status=x"])(
    "refuses ?%s",
    async (query) => {
      const { status, body } = await call("GET", `?${query}`);
      expect([status, body.error?.code]).toEqual([400, "INVALID_REQUEST"]);
    },
  );

  it("filters by one status or several, by pages, and counts by status", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++)
      ids.push(await insert({ name: `Paged ${n}`, status: n % 2 ? "failed" : "active" }));
    await insert({ name: "Paged away", status: "deleted" });
    const statusesOf = async (status: string | string[]) =>
      (await list({ status, search: "paged" })).map((row) => row.status);
    expect(await statusesOf("failed")).toEqual(["failed", "failed", "failed"]);
    expect(await statusesOf(["failed", "active"])).toHaveLength(7);
    const pages = await pagesOf({ search: "paged", status: ["failed", "active"], limit: "3" });
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(ids.toReversed());
    const { body } = await call("GET", "totals?search=paged");
    expect(body.data).toMatchObject({
      total: 7,
      byStatus: { active: 4, failed: 3, stopped: 0, deploying: 0 },
    });
    expect((await call("GET", "totals")).body.data).toMatchObject({ total: 7 + NAMES.length });
    await forget("Paged%");
  });

  async function pagesOf(query: Record<string, string | string[]>): Promise<string[][]> {
    const pages: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await call("GET", `?${asQuery({ ...query, ...(cursor && { cursor }) })}`);
      pages.push((body.data as unknown as Row[]).map((row) => row.deploymentId));
      cursor = (body as unknown as { nextCursor: string | null }).nextCursor;
    }
    return pages;
  }

  it("says in a row what the status says, the last activity, and what was spent against the limit", async () => {
    const lastMessageAt = new Date(Date.now() + 60_000).toISOString();
    const id = await richRow(lastMessageAt);
    const [row] = await list({ search: "rich" });
    const { body } = await call("GET", `${id}/status`);
    const { operation, drift, warning, calls } = body.data as unknown as Row;
    expect(operation).toMatchObject({ kind: "backup", state: "running" });
    expect(warning).toMatchObject({ cause: { code: "LIMIT_NEAR" } });
    expect(drift).toMatchObject({ seen: { state: "ended" } });
    expect(row).toMatchObject({ operation, drift, warning, calls, lastActivityAt: lastMessageAt });
    expect(row).toMatchObject({
      account: "lister",
      present: { month: { tokens: 12, usd: 2.5, limitUsd: 20 } },
    });
    const usage = (await call("GET", `${id}/usage`)).body.data as unknown as {
      present: Record<string, unknown>;
    };
    expect(row?.present).toEqual({ month: usage.present.month, day: usage.present.day });
    expect(usage.present.day).toMatchObject({ tokens: 0 });
    const fleet = await berth.call("GET", "/api/v1/fleet?search=rich&status=active");
    expect(fleet.body.data).toMatchObject([
      { deploymentId: id, name: "Rich", account: "lister", warning, drift },
    ]);
    const totals = await berth.call("GET", "/api/v1/fleet/totals?search=rich");
    expect(totals.body.data).toMatchObject({ total: 1, byStatus: { active: 1 } });
    expect((await call("GET", "/api/v1/fleet/totals")).status).toBe(403);
  });

  /** An active one with all that a row can show. */
  async function richRow(lastMessageAt: string): Promise<string> {
    const id = await insert({ name: "Rich", status: "active", mode: "managed", model: "m" });
    const { sql } = berth.installation;
    const since = "2026-01-02T03:04:05.000Z";
    const operation = { id: uuidv7(), deployment_id: id, kind: "backup", state: "running" } as const;
    await sql
      .insertInto("operations")
      .values({ ...operation, request_id: null, started_at: new Date() })
      .execute();
    const silent = { channel: null, lastAnswerAt: null, lastError: null, lastErrorAt: null };
    await sql
      .updateTable("deployments")
      .set({
        operation_id: operation.id,
        limit_warning: JSON.stringify({ since, cause: { code: "LIMIT_NEAR", message: "Nearly." } }),
        conversation: JSON.stringify({ ...silent, lastMessageAt }),
        seen: JSON.stringify({ state: "ended", detail: "It ended.", since }),
        outputs: JSON.stringify(OUTPUTS),
      })
      .where("id", "=", id)
      .execute();
    const month = { month: new Date().toISOString().slice(0, 7), month_tokens: 12 };
    await sql
      .insertInto("model_spend")
      .values({
        deployment_id: id,
        ...month,
        month_microdollars: 2_500_000,
        day: "2020-01-01",
        day_tokens: 99,
      })
      .execute();
    return id;
  }
});

function asQuery(query: Record<string, string | string[]>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as [string, string]),
  );
  return new URLSearchParams(pairs).toString();
}
