// Every call leaves a row that its account can read, refused calls too, but for what is polled; none holds a secret.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SteadyClock } from "../../stacks/clock.ts";
import { forgetOld, forgetOnce } from "../../stacks/watch/housekeeping.ts";
import { type CallWithKey, callWith, newKey, type TestKey } from "../support/accounts.ts";
import {
  API_KEY,
  BOT_SECRET,
  MODEL_KEY,
  newBotToken,
  startTestBerth,
  type TestBerth,
} from "../support/berth.ts";

interface Row {
  readonly id: string;
  readonly at: string;
  readonly account: string | null;
  readonly keyId: string | null;
  readonly method: string;
  readonly route: string | null;
  readonly deploymentId: string | null;
  readonly status: number;
  readonly errorCode: string | null;
  readonly requestId: string;
  readonly address: string;
}

let berth: TestBerth;
let key: TestKey;
let call: CallWithKey;
beforeAll(async () => {
  berth = await startTestBerth(22, { BERTH_ROLE: "api" });
  key = await newKey(berth, { account: "audited" });
  call = callWith(berth, key);
});
afterAll(() => berth.close());

describe("a call leaves a row", () => {
  it("when it is done, with who, what and the deployment", async () => {
    const { body } = await call("POST", "purchase", { apiMode: "byok" }, { "X-Request-Id": "bought" });
    expect(await rowOf("bought")).toMatchObject({
      account: "audited",
      keyId: key.keyId,
      method: "POST",
      route: "/api/v1/assistants/purchase",
      deploymentId: body.data?.deploymentId,
      status: 201,
      errorCode: null,
      address: expect.stringContaining("127.0.0.1"),
    });
    await call("GET", `${body.data?.deploymentId}/status?x=1`, undefined, { "X-Request-Id": "polled" });
    expect(await rowOf("polled")).toMatchObject({
      route: "/api/v1/assistants/:id/status",
      deploymentId: body.data?.deploymentId,
      status: 200,
    });
  });

  it.each([
    ["GET", "no-such-id", undefined, 404, "NOT_FOUND", "/api/v1/assistants/:id"],
    ["POST", "purchase", {}, 400, "INVALID_REQUEST", "/api/v1/assistants/purchase"],
    ["POST", "/api/v1/keys", { account: "x" }, 403, "FORBIDDEN", "/api/v1/keys"],
    ["GET", `/api/v1/${MODEL_KEY}`, undefined, 404, "NOT_FOUND", null],
  ])("when it is refused: %s %s", async (method, path, body, status, errorCode, route) => {
    const id = `refused-${status}-${route === null}`;
    expect((await call(method, path, body, { "X-Request-Id": id })).status).toBe(status);
    expect(await rowOf(id)).toMatchObject({ method, status, errorCode, route, keyId: key.keyId });
  });

  it("when nobody knows who it was, for the operator alone to read", async () => {
    await berth.call("GET", "", undefined, { "X-API-Key": "wrong", "X-Request-Id": "unknown-caller" });
    expect(await rowOf("unknown-caller")).toMatchObject({
      account: null,
      keyId: null,
      route: "/api/v1/assistants",
      status: 401,
      errorCode: "UNAUTHORIZED",
    });
    expect((await rows(call)).map(({ requestId }) => requestId)).not.toContain("unknown-caller");
  });

  it("one an hour for what is read again and again, and each for a change, a refusal, another caller", async () => {
    const { body } = await call("POST", "purchase", { apiMode: "byok" }, { "X-Request-Id": "p-bought" });
    const id = body.data?.deploymentId;
    const other = callWith(berth, await newKey(berth, { account: "audited" }));
    for (let count = 0; count < 3; count++) {
      for (const path of ["status", "metrics/history", "metrics"])
        await call("GET", `${id}/${path}`, undefined, { "X-Request-Id": `p-${path.replace("/", "-")}` });
      await call("GET", `${id}/callback-secret`, undefined, { "X-Request-Id": "p-revealed" });
      await other("GET", `${id}/status`, undefined, { "X-Request-Id": "p-other" });
    }
    await call("POST", `${id}/stop`, undefined, { "X-Request-Id": "p-last" });
    await rowOf("p-last");
    const left = (await rows(call)).map(({ requestId }) => requestId);
    const count = (requestId: string) => left.filter((each) => each === requestId).length;
    expect(["p-status", "p-metrics-history", "p-other"].map(count)).toEqual([1, 1, 1]);
    // A slot without a container has no metrics: that is refused each time.
    expect(["p-metrics", "p-revealed"].map(count)).toEqual([3, 3]);
  });

  it("with no secret, wherever the caller put one", async () => {
    const canary = "canary-0123456789abcdef";
    await call("GET", `${canary}/status?key=${canary}`);
    await call("POST", `${canary}/activate`, { modelApiKey: MODEL_KEY, telegramBotToken: newBotToken() });
    await call("POST", "/api/v1/keys", {}, { "Idempotency-Key": canary, "X-Request-Id": "last-with-secret" });
    await rowOf("last-with-secret");
    const stored = JSON.stringify(await berth.installation.sql.selectFrom("audit").selectAll().execute());
    for (const secret of [canary, MODEL_KEY, BOT_SECRET, key.apiKey.slice(-43)]) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe("the trail", () => {
  it("is the account's own, newest first, in pages, each row once", async () => {
    for (let count = 0; count < 5; count++)
      await call("GET", "", undefined, { "X-Request-Id": `page-${count}` });
    await rowOf("page-4");
    const seen: Row[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const answer = await call("GET", `/api/v1/audit?limit=3${cursor && `&cursor=${cursor}`}`);
      const page = answer.body as unknown as { data: Row[]; nextCursor: string | null };
      expect(page.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.data);
      cursor = page.nextCursor;
    }
    expect(new Set(seen.map(({ account }) => account))).toEqual(new Set(["audited"]));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen.map(({ id }) => id)).toEqual(
      seen
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
    const pages = seen.filter(({ requestId }) => requestId.startsWith("page-"));
    expect(pages.map(({ requestId }) => requestId)).toEqual([
      "page-4",
      "page-3",
      "page-2",
      "page-1",
      "page-0",
    ]);
  });

  it("is filtered by kind, outcome, key, deployment and time", async () => {
    const before = new Date();
    const { body } = await call("POST", "purchase", { apiMode: "byok" }, { "X-Request-Id": "f-bought" });
    const id = body.data?.deploymentId;
    await call("GET", `${id}`, undefined, { "X-Request-Id": "f-read" });
    await call("POST", `${id}/stop`, undefined, { "X-Request-Id": "f-refused" });
    await rowOf("f-refused");
    const shown = async (query: string) => {
      const answer = await call("GET", `/api/v1/audit?limit=100&from=${before.toISOString()}&${query}`);
      const requestIds = (answer.body.data as unknown as Row[]).map(({ requestId }) => requestId);
      return requestIds.filter((requestId) => requestId.startsWith("f-"));
    };
    expect(await shown("")).toEqual(["f-refused", "f-read", "f-bought"]);
    expect(await shown("kind=change")).toEqual(["f-refused", "f-bought"]);
    expect(await shown("kind=read&outcome=done")).toEqual(["f-read"]);
    expect(await shown("outcome=refused")).toEqual(["f-refused"]);
    expect(await shown(`deployment=${id}`)).toEqual(["f-refused", "f-read", "f-bought"]);
    expect(await shown(`deployment=${crypto.randomUUID()}`)).toEqual([]);
    expect(await shown(`key=${key.keyId}`)).toHaveLength(3);
    expect(await shown("key=operator")).toEqual([]);
    expect(await shown(`to=${before.toISOString()}`)).toEqual([]);
    expect((await call("GET", "/api/v1/audit?kind=writes")).status).toBe(400);
  });

  it("of another account is the operator's to read alone", async () => {
    const other = callWith(berth, await newKey(berth, { account: "curious" }));
    expect((await other("GET", "/api/v1/audit?account=audited")).status).toBe(403);
    expect((await rows(other)).filter(({ account }) => account !== "curious")).toEqual([]);
    const { body } = await berth.call("GET", "/api/v1/audit?account=audited&limit=100");
    const accounts = (body.data as unknown as Row[]).map(({ account }) => account);
    expect(new Set(accounts)).toEqual(new Set(["audited"]));
    expect((await berth.call("GET", "/api/v1/audit?account=nobody")).status).toBe(404);
  });

  it("is had as a file by the same filters, whole and in the same order, with nothing that a spreadsheet obeys", async () => {
    for (let count = 0; count < 3; count++)
      await call("GET", "", undefined, { "X-Request-Id": `-file-${count}` });
    await rowOf("-file-2");
    const { headers, lines } = await download(key.apiKey, "kind=read");
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toMatch(
      /^attachment; filename="audit-trail-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const [head = [], ...cells] = lines;
    const column = (name: string) => cells.map((row) => row[head.indexOf(name)] ?? "");
    expect(head).toEqual(Object.keys((await rows(call))[0] ?? {}));
    expect(new Set(column("method"))).toEqual(new Set(["GET"]));
    expect(new Set(column("account"))).toEqual(new Set(["audited"]));
    expect(column("id")).toEqual(column("id").toSorted().toReversed());
    expect(column("requestId").filter((id) => id.includes("file"))).toEqual([
      "'-file-2",
      "'-file-1",
      "'-file-0",
    ]);
  });

  it("is had as a file also where it is longer than what is read of it at once", async () => {
    const { sql } = berth.installation;
    const many = Array.from({ length: 2_100 }, () => ({
      ...{ id: uuidv7(), at: new Date(), method: "PUT", status: 404, request_id: "many" },
    }));
    await sql.insertInto("audit").values(many).execute();
    const { lines } = await download(API_KEY, "kind=change&outcome=refused");
    const ids = lines.map(([id]) => id);
    expect(ids).toEqual(expect.arrayContaining(many.map(({ id }) => id)));
    expect(new Set(ids).size).toBe(ids.length);
    await sql.deleteFrom("audit").where("request_id", "=", "many").execute();
  });

  it("of another account is no file for anybody else", async () => {
    const { apiKey } = await newKey(berth, { account: "curious" });
    expect((await download(apiKey, "account=audited")).status).toBe(403);
    expect((await download(API_KEY, "account=nobody")).status).toBe(404);
    expect((await download(apiKey, "limit=1")).status).toBe(400);
    const { lines } = await download(apiKey, "");
    expect(lines.slice(1).filter((row) => !row.includes("curious"))).toEqual([]);
  });

  it("is kept for ninety days", async () => {
    const { sql } = berth.installation;
    const [old, young] = [await aged("91 days old", 91), await aged("89 days old", 89)];
    await forgetOld(sql);
    const kept = await sql.selectFrom("audit").select("id").where("id", "in", [old, young]).execute();
    expect(kept.map(({ id }) => id)).toEqual([young]);
  });

  it("loses nothing at the first look after the clock has jumped", async () => {
    const { sql } = berth.installation;
    const old = await aged("91 days old", 91);
    const left = () => sql.selectFrom("audit").select("id").where("id", "=", old).execute();
    await forgetOnce(sql, new SteadyClock());
    expect(await left()).toEqual([{ id: old }]);
    await forgetOnce(sql, { isSteady: () => true });
    expect(await left()).toEqual([]);
  });

  it("holds calls that were still waiting when the server closed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "berth-audit-"));
    try {
      const first = await startTestBerth(22, { BERTH_ROLE: "api" }, folder);
      await first.call("GET", "", undefined, { "X-Request-Id": "just-before" });
      await first.close();
      const second = await startTestBerth(22, { BERTH_ROLE: "api" }, folder);
      const found = await second.installation.sql
        .selectFrom("audit")
        .select("status")
        .where("request_id", "=", "just-before")
        .executeTakeFirst();
      await second.close();
      expect(found?.status).toBe(200);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** The file's cells. None of these tests has one with a comma in it. */
async function download(apiKey: string, query: string) {
  const answer = await fetch(`${berth.url}/api/v1/audit/download?${query}`, {
    headers: { "X-API-Key": apiKey },
  });
  const lines = (await answer.text()).split("\r\n").slice(0, -1);
  return {
    status: answer.status,
    headers: answer.headers,
    lines: lines.map((line) => line.split(",")),
  };
}

async function rows(as: CallWithKey): Promise<Row[]> {
  const { body } = await as("GET", "/api/v1/audit?limit=100");
  return body.data as unknown as Row[];
}

/** Rows are written a moment after their call was answered. */
async function rowOf(requestId: string): Promise<Row | undefined> {
  const find = async () => (await rows(berth.call)).find((row) => row.requestId === requestId);
  return vi.waitUntil(find, { timeout: 180_000 });
}

async function aged(requestId: string, days: number): Promise<string> {
  const id = crypto.randomUUID();
  const at = new Date(Date.now() - days * 86_400_000);
  await berth.installation.sql
    .insertInto("audit")
    .values({ id, at, method: "GET", status: 200, request_id: requestId })
    .execute();
  return id;
}
