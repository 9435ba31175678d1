// Who may write to an assistant's bot: nobody until an allow list or an approved pairing says so.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACTIVATION, paidSlot, startTestBerth, type TestBerth, waitForStatus } from "../support/berth.ts";
import { inside } from "../support/docker.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const STRANGER = {
  id: "987654321",
  code: "ABCD2345",
  createdAt: "2026-01-02T03:04:05.678Z",
  lastSeenAt: "2026-01-02T03:04:05.678Z",
  meta: { username: "stranger", accountId: "default" },
};
const FILE = "/home/node/.openclaw";

let berth: TestBerth;
let id: string;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  berth = await startTestBerth(45, { BERTH_ASSISTANT_IMAGE: healthy });
  id = await paidSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  inside(id, "sh", "-c", `printf %s '${JSON.stringify({ requests: [STRANGER] })}' > ${FILE}/pairing.json`);
});
afterAll(() => berth.close());

describe("without an allow list", () => {
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

  it("a code that nobody was sent approves nobody", async () => {
    const { status, body } = await berth.call("POST", `${id}/pairing/approve`, { code: "ZZZZ9999" });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("an hour") });
    expect(() => inside(id, "cat", `${FILE}/approved`)).toThrow();
  });

  it.each(["", "abcd2345", "ABCD2345X", "ABCD234\n", "--notify", "$(id)123", "ABCD234O", null, 12345678])(
    "%j is no code: the assistant is not even asked",
    async (code) => {
      const { status, body } = await berth.call("POST", `${id}/pairing/approve`, { code });
      expect(status).toBe(400);
      expect(body.error?.details).toEqual([expect.objectContaining({ field: "code" })]);
    },
  );

  it("the code of one who waits approves them, by a program that is not root", async () => {
    const { status, body } = await berth.call("POST", `${id}/pairing/approve`, { code: STRANGER.code });
    expect(status).toBe(200);
    expect(body.data).toEqual({ deploymentId: id, code: STRANGER.code });
    expect(inside(id, "cat", `${FILE}/approved`)).toBe(`${STRANGER.code} 1000\n`);
  });

  it("the assistant is asked one thing at a time", async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => berth.call("GET", `${id}/pairing`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 429, 429, 429]);
    expect((await berth.call("GET", `${id}/pairing`)).status).toBe(200);
  });

  it("an assistant that answers nonsense is UNAVAILABLE", async () => {
    inside(id, "sh", "-c", `echo '{"requests":7}' > ${FILE}/pairing.json`);
    const { status, body } = await berth.call("GET", `${id}/pairing`);
    expect(status).toBe(503);
    expect(body.error?.code).toBe("UNAVAILABLE");
  });
});

describe("with an allow list", () => {
  it("those users are answered, and no others; taken away, it is pairing again", async () => {
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

it("there is nobody to ask unless the deployment is active", async () => {
  const slot = await paidSlot(berth);
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

function telegramSettings(): unknown {
  return JSON.parse(inside(id, "cat", `${FILE}/openclaw.json`)).channels.telegram;
}
