// Whose deployments and keys are whose, on a real app and database. No worker runs: nothing is deployed.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { callWith, newKey } from "../support/accounts.ts";
import { ACTIVATION, API_KEY, paidSlot, startTestBerth, type TestBerth } from "../support/berth.ts";

let berth: TestBerth;
beforeAll(async () => {
  berth = await startTestBerth(21, { BERTH_ROLE: "api" });
});
afterAll(() => berth.close());

describe("another account's deployment", () => {
  it.each([
    ["GET", ""],
    ["GET", "/status"],
    ["GET", "/stack"],
    ["GET", "/operations"],
    ["GET", "/events"],
    ["POST", "/activate", ACTIVATION],
    ["PATCH", "", { name: "Mine now" }],
    ["POST", "/stop"],
    ["POST", "/redeploy", {}],
    ["DELETE", ""],
  ])("is 404 for %s %s, as one that never was", async (method, path, body?) => {
    const other = callWith(berth, await newKey(berth, { account: "other" }));
    const id = await paidSlot(berth);
    const answer = await other(method, id + path, body);
    expect(answer.status).toBe(404);
    const never = await other(method, `01900000-0000-7000-8000-000000000000${path}`, body);
    expect(answer.body).toEqual(never.body);
    expect((await berth.call("GET", `${id}/status`)).body.data?.status).toBe("purchased");
    expect((await berth.call("GET", `${id}/operations`)).body.data).toHaveLength(1);
  });

  it("is in nobody else's list, the operator's neither", async () => {
    const other = callWith(berth, await newKey(berth, { account: "lister" }));
    const own = (await other("POST", "purchase", { apiMode: "byok" })).body.data?.deploymentId ?? "";
    await paidSlot(berth);
    const listed = (await other("GET", "")).body.data as unknown as { deploymentId: string }[];
    expect(listed.map(({ deploymentId }) => deploymentId)).toEqual([own]);
    expect((await berth.call("GET", `${own}/status`)).status).toBe(404);
  });
});

describe("a key", () => {
  it("is shown once, and stored as a hash alone", async () => {
    const { apiKey, keyId } = await newKey(berth, { account: "shown", name: "ci" });
    expect(apiKey).toMatch(new RegExp(`^brt_${keyId}_[A-Za-z0-9_-]{43}$`));
    const secret = apiKey.slice(`brt_${keyId}_`.length);
    const row = await berth.installation.sql
      .selectFrom("api_keys")
      .selectAll()
      .where("id", "=", keyId)
      .executeTakeFirst();
    expect(row?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(row)).not.toContain(secret);
    const listed = await berth.call("GET", "/api/v1/keys?account=shown");
    expect(listed.body.data).toMatchObject([
      { keyId, account: "shown", name: "ci", scopes: ["read", "write"] },
    ]);
    expect(JSON.stringify(listed.body)).not.toContain(secret);
  });

  it("is one of several: each works, and only the right secret of each", async () => {
    const [first, second] = [
      await newKey(berth, { account: "several" }),
      await newKey(berth, { account: "several" }),
    ];
    for (const key of [first, second]) expect((await callWith(berth, key)("GET", "")).status).toBe(200);
    const mixed = `brt_${first.keyId}_${second.apiKey.slice(-43)}`;
    for (const apiKey of [mixed, `${first.apiKey}x`, first.apiKey.slice(0, -1), "brt__", first.keyId]) {
      expect((await callWith(berth, { apiKey })("GET", "")).status, apiKey).toBe(401);
    }
  });

  it("may do what its scopes say", async () => {
    const reader = callWith(berth, await newKey(berth, { account: "scoped", scopes: ["read"] }));
    const writer = callWith(berth, await newKey(berth, { account: "scoped", scopes: ["write"] }));
    const id = (await writer("POST", "purchase", { apiMode: "byok" })).body.data?.deploymentId ?? "";
    expect((await reader("GET", `${id}/status`)).status).toBe(200);
    for (const [call, method, path, body] of [
      [reader, "POST", "purchase", { apiMode: "byok" }],
      [reader, "DELETE", id, undefined],
      [reader, "PATCH", id, { name: "x" }],
      [reader, "POST", "/api/v1/keys", {}],
      [writer, "GET", `${id}/status`, undefined],
    ] as const) {
      const answer = await call(method, path, body);
      expect(answer.status).toBe(403);
      expect(answer.body.error?.code).toBe("FORBIDDEN");
    }
    expect((await reader("GET", `${id}/status`)).body.data?.status).toBe("pending_payment");
  });

  it("can't give a scope that it has not", async () => {
    const writer = callWith(berth, await newKey(berth, { account: "scoped", scopes: ["write"] }));
    expect((await writer("POST", "/api/v1/keys", { scopes: ["read"] })).status).toBe(403);
    expect((await writer("POST", "/api/v1/keys", { scopes: ["write"] })).status).toBe(201);
  });

  it("rotates no key that may do more", async () => {
    const full = await newKey(berth, { account: "climbing" });
    const writer = callWith(berth, await newKey(berth, { account: "climbing", scopes: ["write"] }));
    const refused = await writer("POST", `/api/v1/keys/${full.keyId}/rotate`);
    expect(refused.status).toBe(403);
    expect(refused.body.error?.message).toContain("scope read");
    const other = await newKey(berth, { account: "climbing", scopes: ["write"] });
    expect((await writer("POST", `/api/v1/keys/${other.keyId}/rotate`)).status).toBe(201);
    expect((await callWith(berth, full)("GET", "")).status).toBe(200);
  });

  it("that ends makes and rotates only keys that end no later", async () => {
    const ending = await newKey(berth, { account: "mortal", expiresInSeconds: 3_600 });
    const endless = await newKey(berth, { account: "mortal" });
    const own = callWith(berth, ending);
    const { body } = await berth.call("GET", "/api/v1/keys?account=mortal");
    const listed = body.data as unknown as { keyId: string; expiresAt: string | null }[];
    const end = listed.find(({ keyId }) => keyId === ending.keyId)?.expiresAt;
    expect((await own("POST", "/api/v1/keys", {})).body.data).toMatchObject({ expiresAt: end });
    expect((await own("POST", "/api/v1/keys", { expiresInSeconds: 60 })).status).toBe(201);
    for (const [path, settings] of [
      ["/api/v1/keys", { expiresInSeconds: 7_200 }],
      [`/api/v1/keys/${endless.keyId}/rotate`, {}],
    ] as const) {
      const refused = await own("POST", path, settings);
      expect(refused.status).toBe(403);
      expect(refused.body.error?.message).toContain(`ends at ${end}`);
    }
    const rotated = await own("POST", `/api/v1/keys/${ending.keyId}/rotate`);
    expect(rotated.body.data).toMatchObject({ expiresAt: end });
  });

  it("in its overlap makes keys that end with it", async () => {
    const old = await newKey(berth, { account: "overlapping" });
    await berth.call("POST", `/api/v1/keys/${old.keyId}/rotate`, { overlapSeconds: 600 });
    const made = await callWith(berth, old)("POST", "/api/v1/keys", {});
    const { expiresAt } = made.body.data as unknown as { expiresAt: string };
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 600_000);
    expect((await callWith(berth, old)("POST", "/api/v1/keys", { expiresInSeconds: 601 })).status).toBe(403);
  });

  it("ends at its time", async () => {
    const startedAt = Date.now();
    const own = callWith(berth, await newKey(berth, { account: "ending", expiresInSeconds: 3_600 }));
    const statusIn = async (seconds: number) => {
      vi.useFakeTimers({ toFake: ["Date"], now: startedAt + seconds * 1_000 });
      return (await own("GET", "")).status;
    };
    try {
      expect([await statusIn(0), await statusIn(3_599), await statusIn(3_660)]).toEqual([200, 200, 401]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is revoked at once, and stays so", async () => {
    const key = await newKey(berth, { account: "revoked" });
    const own = callWith(berth, key);
    expect((await own("DELETE", `/api/v1/keys/${key.keyId}`)).status).toBe(200);
    expect((await own("GET", "")).status).toBe(401);
    const again = await berth.call("DELETE", `/api/v1/keys/${key.keyId}`);
    expect(again.status).toBe(200);
    expect((await berth.call("POST", `/api/v1/keys/${key.keyId}/rotate`)).status).toBe(404);
  });

  it("is rotated with an overlap: both work, then the new one alone", async () => {
    const old = await newKey(berth, { account: "rotating", name: "ci", scopes: ["read"] });
    const rotated = await berth.call("POST", `/api/v1/keys/${old.keyId}/rotate`);
    expect(rotated.status).toBe(201);
    expect(rotated.body.data).toMatchObject({ account: "rotating", name: "ci", scopes: ["read"] });
    const successor = rotated.body.data as unknown as { apiKey: string };
    expect((await callWith(berth, old)("GET", "")).status).toBe(200);
    expect((await callWith(berth, successor)("GET", "")).status).toBe(200);
    const { body } = await berth.call("GET", "/api/v1/keys?account=rotating");
    const ends = (body.data as unknown as { keyId: string; revokedAt: string }[]).find(
      ({ keyId }) => keyId === old.keyId,
    )?.revokedAt;
    expect(Date.parse(ends ?? "") - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect((await berth.call("POST", `/api/v1/keys/${old.keyId}/rotate`)).status).toBe(404);
    await berth.call("DELETE", `/api/v1/keys/${old.keyId}`);
    expect((await callWith(berth, old)("GET", "")).status).toBe(401);
  });

  it("ends at once when rotated without overlap", async () => {
    const old = await newKey(berth, { account: "rotating" });
    const rotated = await callWith(berth, old)("POST", `/api/v1/keys/${old.keyId}/rotate`, {
      overlapSeconds: 0,
    });
    expect(rotated.status).toBe(201);
    expect((await callWith(berth, old)("GET", "")).status).toBe(401);
  });

  it("is another account's to nobody but the operator", async () => {
    const key = await newKey(berth, { account: "mine" });
    const other = callWith(berth, await newKey(berth, { account: "thine" }));
    expect((await other("DELETE", `/api/v1/keys/${key.keyId}`)).status).toBe(404);
    expect((await other("POST", `/api/v1/keys/${key.keyId}/rotate`)).status).toBe(404);
    expect((await other("POST", "/api/v1/keys", { account: "mine" })).status).toBe(403);
    expect((await other("GET", "/api/v1/keys?account=mine")).status).toBe(403);
    const listed = (await other("GET", "/api/v1/keys")).body.data as unknown as { account: string }[];
    expect(new Set(listed.map(({ account }) => account))).toEqual(new Set(["thine"]));
    expect((await callWith(berth, key)("GET", "")).status).toBe(200);
  });

  it("has its last use written, at most once a minute", async () => {
    const key = await newKey(berth, { account: "used" });
    const lastUse = async () => {
      const { body } = await berth.call("GET", "/api/v1/keys?account=used");
      return (body.data as unknown as { lastUsedAt: string | null }[])[0]?.lastUsedAt;
    };
    expect(await lastUse()).toBeNull();
    await callWith(berth, key)("GET", "");
    const first = await lastUse();
    expect(Date.parse(first ?? "")).toBeGreaterThan(Date.now() - 60_000);
    await callWith(berth, key)("GET", "");
    expect(await lastUse()).toBe(first);
  });

  it("is one of a hundred at most", async () => {
    const key = await newKey(berth, { account: "greedy" });
    const own = callWith(berth, key);
    const answers = await Promise.all(
      Array.from({ length: 105 }, () => own("POST", "/api/v1/keys", { name: "more" })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(99);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ body }) => body.error?.code))).toEqual(new Set(["LIMIT_REACHED"]));
  });

  it.each([
    [{ scopes: [] }, "scopes"],
    [{ scopes: ["admin"] }, "scopes.0"],
    [{ scopes: ["read", "read"] }, "scopes"],
    [{ expiresInSeconds: 0 }, "expiresInSeconds"],
    [{ account: "no spaces" }, "account"],
    [{ name: "" }, "name"],
    [{ secret: "x" }, "secret"],
  ])("is not made of %j", async (body, field) => {
    const answer = await berth.call("POST", "/api/v1/keys", body);
    expect(answer.status).toBe(400);
    expect(answer.body.error?.details).toEqual([expect.objectContaining({ field })]);
  });
});

describe("a request's id", () => {
  it.each(["abc", "A.b_c-1", "x".repeat(128)])("is the caller's own: %s", async (id) => {
    const answer = await berth.call("GET", "", undefined, { "X-Request-Id": id });
    expect(answer.headers.get("x-request-id")).toBe(id);
  });

  it.each(["", "two words", "x".repeat(129), "a;b"])("is a new one instead of %j", async (id) => {
    const answer = await berth.call("GET", "/nowhere", undefined, { "X-Request-Id": id });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is kept with the operation that it asked for", async () => {
    const id = await paidSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION, { "X-Request-Id": "asked-for-it" });
    const kept = await berth.installation.sql
      .selectFrom("operations")
      .select("request_id")
      .where("deployment_id", "=", id)
      .where("kind", "=", "activate")
      .executeTakeFirst();
    expect(kept?.request_id).toBe("asked-for-it");
  });
});

it("the operator's key needs no row, and works beside all others", async () => {
  expect((await callWith(berth, { apiKey: API_KEY })("GET", "")).status).toBe(200);
});
