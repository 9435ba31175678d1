// Who may write to an assistant's bot: nobody until an allow list or an approved pairing says so. The assistant is the tiny
// image, and its plugin is a fake on loopback.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { inside } from "../support/docker.ts";
import { itAtLength } from "../support/matrix.ts";
import { ownTime } from "../support/own-time.ts";
import { FakePlugin, type Given } from "../support/plugin.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const STRANGER = {
  requestId: "request-1",
  code: "ABCD2345",
  senderId: "987654321",
  createdAt: "2026-01-02T03:04:05.678Z",
  metadata: { username: "stranger", accountId: "default" },
};
const LIST = "GET /berth/pairings";
const APPROVE = "POST /berth/pairings/approve";
const TOO_MUCH = JSON.stringify({ pairings: [], more: "x".repeat(80_000) });

const plugin = new FakePlugin();
let berth: TestBerth;
let id: string;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  await plugin.open();
  berth = await startTestBerth(45, { BERTH_ASSISTANT_IMAGE: healthy });
  id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  await plugin.standInFor(berth, id);
});
afterAll(async () => {
  await berth.close();
  plugin.close();
});

describe("with a fake plugin, and without an allow list", () => {
  beforeEach(() => {
    plugin.pairings = [STRANGER];
    plugin.canNotify = true;
    plugin.instead.clear();
    plugin.asked.length = 0;
    plugin.sent.length = 0;
  });

  it("nobody is answered until paired", () => {
    expect(telegramSettings()).toMatchObject({ dmPolicy: "pairing", allowFrom: [] });
  });

  it("who waits is listed", async () => {
    const { status, body } = await berth.call("GET", `${id}/pairing`);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.data).toEqual([
      { code: "ABCD2345", userId: "987654321", name: "@stranger", requestedAt: STRANGER.createdAt },
    ]);
  });

  it("whose code is unknown is left out; who has no user name has their own, or none", async () => {
    const { code: _, ...codeless } = STRANGER;
    plugin.pairings = [
      codeless,
      { ...STRANGER, code: "EFGH2345", metadata: { firstName: "Ada", lastName: "L." } },
      { ...STRANGER, code: "JKLM2345", metadata: {} },
    ];
    const { body } = await berth.call("GET", `${id}/pairing`);
    expect(body.data).toMatchObject([
      { code: "EFGH2345", name: "Ada L." },
      { code: "JKLM2345", name: null },
    ]);
  });

  it.each([true, false])("the code of one who waits lets them in; told so: %s", async (canNotify) => {
    plugin.canNotify = canNotify;
    const { status, body } = await berth.call("POST", `${id}/pairing/approve`, { code: STRANGER.code });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.data).toEqual({ deploymentId: id, code: STRANGER.code, isNotified: canNotify });
    expect(plugin.sent).toEqual([{ requestId: STRANGER.requestId }]);
    expect((await berth.call("GET", `${id}/pairing`)).body.data).toEqual([]);
  });

  it("a code that nobody was sent lets nobody in", async () => {
    const { status, body } = await berth.call("POST", `${id}/pairing/approve`, { code: "ZZZZ9999" });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("an hour") });
    expect(plugin.asked).not.toContain(APPROVE);
  });

  it("nor does one that OpenClaw refuses, as it has run out meanwhile", async () => {
    plugin.instead.set(APPROVE, { status: 409, body: { error: "No pending pairing request." } });
    const { status, body } = await berth.call("POST", `${id}/pairing/approve`, { code: STRANGER.code });
    expect(status).toBe(404);
    expect(body.error?.code).toBe("NOT_FOUND");
  });

  it.each(["", "abcd2345", "ABCD2345X", "ABCD234\n", "--notify", "$(id)123", "ABCD234O", null, 12345678])(
    "%j is no code: the assistant is not even asked",
    async (code) => {
      // Berth's own watch asks as well, so that asked for this call is known by its answer alone.
      plugin.instead.set(LIST, { status: 500, body: { error: "It is not to be asked." } });
      const { status, body } = await berth.call("POST", `${id}/pairing/approve`, { code });
      expect(status).toBe(400);
      expect(body.error?.details).toEqual([expect.objectContaining({ field: "code" })]);
      expect(plugin.asked).not.toContain(APPROVE);
    },
  );

  it("several questions at a time are all answered", async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => berth.call("GET", `${id}/pairing`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it.each<[string, Given]>([
    ["nonsense", { status: 200, body: { pairings: 7 } }],
    ["half an answer", { status: 200, body: '{"pairings":[' }],
    ["a page", { status: 200, body: "<html>", type: "text/html" }],
    ["too much", { status: 200, body: TOO_MUCH }],
    ["that there is no such call", { status: 404, body: { error: "There is no such call." } }],
    ["that it is at fault", { status: 500, body: { error: "OpenClaw did not carry that out." } }],
  ])("one that answers %s is UNAVAILABLE, for both calls", async (_name, given) => {
    plugin.instead.set(LIST, given);
    expectUnavailable(await berth.call("GET", `${id}/pairing`));
    expectUnavailable(await berth.call("POST", `${id}/pairing/approve`, { code: STRANGER.code }));
    plugin.instead.delete(LIST);
    plugin.instead.set(APPROVE, given);
    expectUnavailable(await berth.call("POST", `${id}/pairing/approve`, { code: STRANGER.code }));
  });

  it("so is one that does not answer, within 20 s, and one that knows another token", async () => {
    plugin.instead.set(LIST, "never");
    const ownMs = ownTime();
    expectUnavailable(await berth.call("GET", `${id}/pairing`));
    expect(ownMs()).toBeLessThan(22_000);
    plugin.instead.clear();
    const { token } = plugin;
    plugin.token = "another";
    expectUnavailable(await berth.call("GET", `${id}/pairing`));
    plugin.token = token;
    expect((await berth.call("GET", `${id}/pairing`)).status).toBe(200);
  });
});

describe("with an allow list", () => {
  it("those users are answered, and no others", async () => {
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    const patched = await berth.call("PATCH", id, { allowFrom: [123456789, "987654321", "123456789"] });
    expect(patched.body.data).toMatchObject({ allowFrom: ["123456789", "987654321"] });
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
    expect(telegramSettings()).toMatchObject({
      dmPolicy: "allowlist",
      allowFrom: ["123456789", "987654321"],
    });
  });

  itAtLength("taken away, it is pairing again", async () => {
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    await berth.call("PATCH", id, { allowFrom: [] });
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
    expect(telegramSettings()).toMatchObject({ dmPolicy: "pairing", allowFrom: [] });
  });

  it.each([
    [["@name"], "allowFrom.0"],
    [["*"], "allowFrom.0"],
    [["0123"], "allowFrom.0"],
    [[-1], "allowFrom.0"],
    [[1.5], "allowFrom.0"],
    [[1e21], "allowFrom.0"],
    [Array.from({ length: 51 }, (_, index) => index + 1), "allowFrom"],
    ["123456789", "allowFrom"],
  ])("%j is refused", async (allowFrom, field) => {
    for (const [method, path] of [
      ["POST", "/activate"],
      ["PATCH", ""],
    ] as const) {
      const given = method === "POST" ? { ...ACTIVATION, allowFrom } : { allowFrom };
      const { status, body } = await berth.call(method, id + path, given);
      expect(status).toBe(400);
      expect(body.error?.details).toEqual([expect.objectContaining({ field })]);
    }
  });
});

it("an image without the plugin can't be asked", async () => {
  expectUnavailable(await berth.call("GET", `${id}/pairing`));
});

it("there is nobody to ask unless the deployment is active", async () => {
  const slot = await unpreparedSlot(berth);
  for (const [method, path, body] of [
    ["GET", "pairing", undefined],
    ["POST", "pairing/approve", { code: "ABCD2345" }],
  ] as const) {
    const answer = await berth.call(method, `${slot}/${path}`, body);
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({
      code: "INVALID_STATE",
      details: { currentState: "purchased", allowedStates: ["active"] },
    });
  }
});

function expectUnavailable({ status, body }: Awaited<ReturnType<TestBerth["call"]>>): void {
  expect(status).toBe(503);
  expect(body.error).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("pairings") });
}

function telegramSettings(): unknown {
  return JSON.parse(inside(id, "cat", "/home/node/.openclaw/openclaw.json")).channels.telegram;
}
