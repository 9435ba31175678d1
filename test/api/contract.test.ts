// What clients may send and what they get back, on a real app and database. No worker runs: nothing is deployed.
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { ERRORS } from "../../stacks/errors.ts";
import {
  ACTIVATION,
  API_KEY,
  BOT_SECRET,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
} from "../support/berth.ts";

const UNKNOWN_ID = "01900000-0000-7000-8000-000000000000";

let berth: TestBerth;
let slot: string;
beforeAll(async () => {
  berth = await startTestBerth(2, { BERTH_ROLE: "api" });
  slot = await paidSlot(berth);
});
afterAll(() => berth.close());

describe("authentication", () => {
  it.each([undefined, "", "wrong", `${API_KEY}x`, "é".repeat(18)])("refuses the key %j", async (key) => {
    const headers = key === undefined ? {} : { "X-API-Key": Buffer.from(key).toString("latin1") };
    const response = await fetch(`${berth.url}/api/v1/assistants/`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
  });

  it("does not take the key from the URL", async () => {
    const response = await fetch(`${berth.url}/api/v1/assistants/?X-API-Key=${API_KEY}&apiKey=${API_KEY}`);
    expect(response.status).toBe(401);
  });

  it("is asked for before the path or the body is looked at", async () => {
    const response = await fetch(`${berth.url}/api/v1/assistants/purchase`, { method: "POST", body: "{" });
    expect(response.status).toBe(401);
  });
});

describe("a slot", () => {
  it("is bought with 201 and paid on its checkout page", async () => {
    const bought = await berth.call("POST", "purchase", { apiMode: "byok" });
    expect(bought.status).toBe(201);
    expect(Object.keys(bought.body.data ?? {})).toEqual(["deploymentId", "checkoutUrl"]);
    const url = String(bought.body.data?.checkoutUrl);
    expect(await (await fetch(url)).text()).toContain("<button");
    const paid = await fetch(url, { method: "POST", redirect: "manual" });
    expect(paid.status).toBe(303);
    expect(paid.headers.get("location")).toBe(url);
    const page = await (await fetch(url)).text();
    expect(page).toContain("This slot is paid");
    expect(page).not.toContain("<button");
    const again = await fetch(url, { method: "POST" });
    expect(again.status).toBe(200);
  });

  it("is paid on a page that leads back to the public address, whatever the call names as its host", async () => {
    const proxied = await startTestBerth(3, {
      BERTH_ROLE: "api",
      BERTH_PUBLIC_URL: "https://x.example/berth",
    });
    try {
      const { body } = await proxied.call("POST", "purchase", { apiMode: "byok" });
      const checkoutUrl = String(body.data?.checkoutUrl);
      const id = checkoutUrl.split("/").at(-1);
      expect(checkoutUrl).toBe(`https://x.example/berth/checkout/${id}`);
      const target = new URL(`${proxied.url}/checkout/${id}`);
      const sent = request(target, { method: "POST", headers: { Host: "evil.example" } }).end();
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode).toBe(303);
      expect(answer.headers.location).toBe(checkoutUrl);
    } finally {
      await proxied.close();
    }
  });

  it("has a checkout that can't be guessed from its id", async () => {
    const response = await fetch(`${berth.url}/checkout/${slot}`, { method: "POST" });
    expect(response.status).toBe(404);
  });

  it("is shown without its secrets", async () => {
    const id = await paidSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    const shown = await berth.call("GET", id);
    expect(shown.body.data).toMatchObject({
      name: ACTIVATION.name,
      modelApiKey: "…6789",
      telegramBotToken: "…Dsaw",
    });
    for (const path of [id, "", `${id}/status`, `${id}/operations`]) {
      const text = JSON.stringify((await berth.call("GET", path)).body);
      expect(text).not.toContain(MODEL_KEY);
      expect(text).not.toContain(BOT_SECRET);
    }
  });
});

describe("a list", () => {
  it("comes in pages, newest first, each deployment once", async () => {
    const bought: string[] = [];
    for (let count = 0; count < 5; count++) {
      bought.unshift(
        (await berth.call("POST", "purchase", { apiMode: "byok" })).body.data?.deploymentId ?? "",
      );
    }
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const answer = await berth.call("GET", `?limit=2${cursor && `&cursor=${cursor}`}`);
      const page = answer.body as unknown as { data: { deploymentId: string }[]; nextCursor: string | null };
      expect(page.data.length).toBeLessThanOrEqual(2);
      seen.push(...page.data.map(({ deploymentId }) => deploymentId));
      cursor = page.nextCursor;
    }
    expect(seen.slice(0, 5)).toEqual(bought);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each(["?limit=0", "?limit=101", "?limit=x", "?cursor=x", "?page=2"])("refuses %s", async (query) => {
    expect((await berth.call("GET", query)).status).toBe(400);
  });
});

describe("activate refuses, naming the field,", () => {
  it.each([
    ["name", ""],
    ["name", "   "],
    ["name", "x".repeat(101)],
    ["name", "a\0b"],
    ["name", "a\nb"],
    ["name", 7],
    ["name", null],
    ["modelProvider", "acme"],
    ["modelId", "with space"],
    ["modelId", "x".repeat(201)],
    ["telegramBotToken", "0123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"],
    ["telegramBotToken", "123456:short"],
    ["telegramBotToken", `123456789:\n${BOT_SECRET}`],
    ["modelApiKey", "it's quoted"],
    ["modelApiKey", undefined],
    ["modelApiKey", "sk-proj-of-another-provider"],
    ["callbackUrl", "http://example.com/"],
    ["callbackUrl", "https://127.0.0.1/"],
    ["surprise", true],
    ["__proto__x", {}],
  ])("%s = %j", async (field, value) => {
    const answer = await berth.call("POST", `${slot}/activate`, { ...ACTIVATION, [field]: value });
    expect(answer.status).toBe(400);
    expect(answer.body.error?.code).toBe("INVALID_REQUEST");
    expect(answer.body.error?.details).toEqual([expect.objectContaining({ field })]);
    expect((await berth.call("GET", `${slot}/status`)).body.data?.status).toBe("purchased");
  });

  it("several fields at once", async () => {
    const answer = await berth.call("POST", `${slot}/activate`, { name: "", extra: 1 });
    const fields = (answer.body.error?.details as { field: string }[] | undefined)?.map(({ field }) => field);
    expect(fields?.sort()).toEqual(["extra", "modelId", "modelProvider", "name", "telegramBotToken"]);
  });

  it("model keys on a slot that uses the operator's", async () => {
    const managed = await paidSlot(berth, "managed");
    const answer = await berth.call("POST", `${managed}/activate`, ACTIVATION);
    expect(answer.status).toBe(400);
    expect(answer.body.error?.details).toEqual([expect.objectContaining({ field: "modelApiKey" })]);
  });
});

it("takes tokens, keys and model ids as they are pasted", async () => {
  const id = await paidSlot(berth);
  const body = {
    ...ACTIVATION,
    modelId: " anthropic/claude-sonnet-4-5\n",
    telegramBotToken: `\t${ACTIVATION.telegramBotToken}\r\n`,
    modelApiKey: ` ${ACTIVATION.modelApiKey} `,
  };
  expect((await berth.call("POST", `${id}/activate`, body)).status).toBe(202);
  const { data } = (await berth.call("GET", id)).body;
  expect(data).toMatchObject({
    modelId: "anthropic/claude-sonnet-4-5",
    telegramBotToken: "…Dsaw",
    modelApiKey: "…6789",
  });
});

it("takes emoji and other scripts in a name", async () => {
  const id = await paidSlot(berth);
  const name = "Ассистент 🦞 小助手";
  expect((await berth.call("PATCH", id, { name })).body.data).toMatchObject({ name });
});

describe("bad bodies", () => {
  it.each([
    ["{", 400, "INVALID_REQUEST"],
    ["null", 400, "INVALID_REQUEST"],
    ["[]", 400, "INVALID_REQUEST"],
    ['"text"', 400, "INVALID_REQUEST"],
    ['{"apiMode":"byok","apiKey":1}', 400, "INVALID_REQUEST"],
    [JSON.stringify({ apiMode: "x".repeat(10 * 1024 * 1024) }), 413, "PAYLOAD_TOO_LARGE"],
  ])("%.20s… is answered with %i", async (body, status, code) => {
    const answer = await berth.call("POST", "purchase", body, { "Content-Type": "application/json" });
    expect(answer.status).toBe(status);
    expect(answer.body.error?.code).toBe(code);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "%s: 415",
    async (type) => {
      const answer = await berth.call("POST", "purchase", '{"apiMode":"byok"}', { "Content-Type": type });
      expect(answer.status).toBe(415);
      expect(answer.body.error?.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    },
  );

  it("an unknown charset: 415", async () => {
    const answer = await berth.call("POST", "purchase", "{}", {
      "Content-Type": "application/json; charset=klingon",
    });
    expect(answer.status).toBe(415);
  });
});

describe("ids", () => {
  it.each(["x", "1", "..%2f..", "%00", "null", UNKNOWN_ID, `${UNKNOWN_ID}'--`])("%s: 404", async (id) => {
    for (const [method, path] of [
      ["GET", "/status"],
      ["POST", "/activate"],
      ["POST", "/stop"],
      ["DELETE", ""],
      ["PATCH", ""],
    ]) {
      const answer = await berth.call(
        method ?? "",
        `${id}${path}`,
        method === "GET" ? undefined : { name: "x" },
      );
      expect([400, 404]).toContain(answer.status);
      if (answer.status === 400) expect(answer.body.error?.code).toBe("INVALID_REQUEST");
    }
    expect((await berth.call("GET", `${id}/status`)).status).toBe(404);
  });
});

it("unknown pages are answered in the same shape", async () => {
  const answer = await berth.call("GET", "/nowhere");
  expect(answer.status).toBe(404);
  expect(answer.body.error?.code).toBe("NOT_FOUND");
});

it("POST without a body works where no body is needed", async () => {
  const answer = await berth.call("POST", `${slot}/stop`);
  expect(answer.status).toBe(409);
  const refused = await berth.call("POST", `${slot}/redeploy`, { image: "x" });
  expect(refused.status).toBe(400);
});

it("healthz and readyz say how Berth is", async () => {
  expect((await berth.call("GET", "/healthz")).body).toEqual({
    ok: true,
    status: "live",
    version: manifest.version,
  });
  const ready = async () => (await berth.call("GET", "/readyz")).body;
  // On a busy machine the engine may not answer in time.
  await expect.poll(ready).toEqual({
    ok: true,
    parts: { database: "ok", engine: "ok", rehearsal: "ok", pulumi: "ok" },
  });
});

it("hands out addresses until the range is used up, and says so then", async () => {
  const full = await startTestBerth(3, { BERTH_ROLE: "api", BERTH_PORT_RANGE: "31900-31901" });
  try {
    const first = await paidSlot(full);
    await paidSlot(full);
    const { body } = await full.call("POST", "purchase", { apiMode: "byok" });
    const refused = await fetch(String(body.data?.checkoutUrl), { method: "POST" });
    expect(refused.status).toBe(503);
    expect((await full.call("GET", `${body.data?.deploymentId}/status`)).body.data?.status).toBe(
      "pending_payment",
    );
    await full.installation.sql
      .updateTable("deployments")
      .set({ address: null })
      .where("id", "=", first)
      .execute();
    expect((await fetch(String(body.data?.checkoutUrl), { method: "POST" })).status).toBe(200);
  } finally {
    await full.close();
  }
});

it("every error of the registry has a legal status", () => {
  for (const { status, meaning } of Object.values(ERRORS)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(meaning).toMatch(/\.$/);
  }
});
