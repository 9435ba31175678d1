// PATCH of an active assistant, on real Docker. The tiny image reads its settings only when it starts; another one takes them
// while it runs, as OpenClaw does.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ACTIVATION,
  MODEL_KEY,
  newBotToken,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker, inside, labelled, NOTHING } from "../support/docker.ts";
import { handedSecrets, handedText } from "../support/handed.ts";
import { cells } from "../support/matrix.ts";
import { FakePlugin } from "../support/plugin.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const OTHER_KEY = "sk-ant-another-0123456789";

interface Operation {
  readonly kind: string;
  readonly state: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

describe("an assistant that reads its settings when it starts", () => {
  let berth: TestBerth;
  let id: string;
  beforeAll(async () => {
    const { healthy } = await ensureTinyImages();
    // One operation at a time: what is asked for while another assistant is worked on waits.
    berth = await startTestBerth(44, { BERTH_ASSISTANT_IMAGE: healthy, BERTH_CONCURRENCY: "1" });
    id = await activated(berth);
    inside(id, "sh", "-c", "echo kept > /home/node/.openclaw/notes.txt");
  });
  afterAll(() => berth.close());

  it("gets another container, with its data, and is active all the while", async () => {
    const before = await containerOf(id);
    const telegramBotToken = newBotToken();
    const change = { modelId: "claude-opus", modelApiKey: OTHER_KEY, allowFrom: [7], telegramBotToken };
    const { status, body } = await berth.call("PATCH", id, change);
    expect(status, JSON.stringify(body)).toBe(200);
    const statuses = await statusesUntilEnded(berth, id);
    expect(new Set(statuses)).toEqual(new Set(["active"]));
    expect(await operations(berth, id)).toMatchObject([
      { kind: "patch", state: "succeeded" },
      { kind: "activate", state: "succeeded" },
    ]);
    expect(await containerOf(id)).not.toBe(before);
    expect(await onRecord(berth, id)).toBe(await containerOf(id));
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: "anthropic/claude-opus" } } },
      channels: { telegram: { allowFrom: ["7"] } },
    });
    const { models, telegram } = handedSecrets(id);
    expect({ models, telegram }).toEqual({ models: { anthropic: OTHER_KEY }, telegram: telegramBotToken });
    expect(inside(id, "cat", "/home/node/.openclaw/notes.txt")).toBe("kept\n");
    expect(await soon(berth, id)).toMatchObject({ status: "active", drift: null });
  });

  it("keeps its container when the name alone is changed", async () => {
    const before = await containerOf(id);
    await berth.call("PATCH", id, { name: "Another name" });
    expect((await operations(berth, id)).filter(({ kind }) => kind === "patch")).toHaveLength(1);
    expect(await containerOf(id)).toBe(before);
  });

  it("has both of two changes that are asked for at once", async () => {
    const answers = await Promise.all([
      berth.call("PATCH", id, { modelId: "claude-both" }),
      berth.call("PATCH", id, { allowFrom: [8, 9] }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await statusesUntilEnded(berth, id);
    const [last] = await operations(berth, id);
    expect(last).toMatchObject({ kind: "patch", state: "succeeded" });
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: "anthropic/claude-both" } } },
      channels: { telegram: { allowFrom: ["8", "9"] } },
    });
    expect(await onRecord(berth, id)).toBe(await containerOf(id));
    expect(await soon(berth, id)).toMatchObject({ status: "active", drift: null });
  });

  it.each(
    // What waits, and in which order, is in test/api/patch.test.ts, too.
    cells<[name: string, order: string[]]>(
      [],
      [
        ["between two backups, which are made", ["backup", "patch", "backup"]],
        ["after a backup that waits, which is made", ["backup", "patch"]],
        ["before a backup, which is made", ["patch", "backup"]],
      ],
    ),
  )("takes a change %s", async (_name, order) => {
    const { length } = await operations(berth, id);
    // The worker is at it while the others are asked for.
    const busy = await unpreparedSlot(berth);
    await berth.call("POST", `${busy}/activate`, ACTIVATION);
    const modelId = `claude-${order.join("-")}`;
    for (const what of order) {
      const call =
        what === "patch" ? berth.call("PATCH", id, { modelId }) : berth.call("POST", `${id}/backups`);
      expect([200, 202]).toContain((await call).status);
    }
    const waiting = await operations(berth, id);
    // Copies have lanes of their own: a backup may have begun.
    const live = waiting
      .slice(0, order.length)
      .filter(({ kind, state }) => state === "queued" || (kind === "backup" && state === "running"));
    expect(live).toHaveLength(order.length);
    await statusesUntilEnded(berth, id);
    const done = (await operations(berth, id)).toReversed().slice(length);
    expect(done.map(({ kind, state }) => [kind, state])).toEqual(order.map((kind) => [kind, "succeeded"]));
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: `anthropic/${modelId}` } } },
    });
    const backups = (await berth.call("GET", `${id}/backups`)).body.data as unknown as { state: string }[];
    expect(new Set(backups.map(({ state }) => state))).toEqual(new Set(["ready"]));
    expect(await onRecord(berth, id)).toBe(await containerOf(id));
    await berth.call("DELETE", busy);
    await waitForStatus(berth, busy, "deleted");
  });

  it("is deleted in the middle of a change, and nothing is left", async () => {
    const other = await activated(berth);
    await berth.call("PATCH", other, { modelId: "claude-never" });
    await expect.poll(async () => (await operations(berth, other))[0]?.state).toBe("running");
    expect((await berth.call("DELETE", other)).status).toBe(202);
    await waitForStatus(berth, other, "deleted");
    expect(await labelled(other)).toEqual(NOTHING);
    expect(await operations(berth, id)).not.toEqual([]);
  });

  it("is stopped in the middle of a change, and has it when it is brought up", async () => {
    await berth.call("PATCH", id, { modelId: "claude-later" });
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    expect((await labelled(id)).containers).toEqual([]);
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: "anthropic/claude-later" } } },
    });
  });

  it("keeps its container where its plugin, a fake, says that it reads them again", async () => {
    const plugin = new FakePlugin();
    await plugin.open();
    try {
      await plugin.standInFor(berth, id);
      const before = await containerOf(id);
      await berth.call("PATCH", id, { modelId: "claude-kept", modelApiKey: MODEL_KEY });
      await statusesUntilEnded(berth, id);
      expect((await operations(berth, id))[0]).toMatchObject({ kind: "patch", state: "succeeded" });
      expect(plugin.asked).toContain("GET /berth/settings");
      expect(await containerOf(id)).toBe(before);
      expect(settingsOf(id)).toMatchObject({
        agents: { defaults: { model: { primary: "anthropic/claude-kept" } } },
      });
      expect(handedSecrets(id).models).toEqual({ anthropic: MODEL_KEY });
    } finally {
      plugin.close();
    }
  });
});

describe("an assistant that reads its settings while it runs", () => {
  let berth: TestBerth;
  let id: string;
  beforeAll(async () => {
    const { rereading } = await ensureTinyImages();
    berth = await startTestBerth(52, { BERTH_ASSISTANT_IMAGE: rereading });
    id = await activated(berth);
  });
  afterAll(() => berth.close());

  it("keeps its container, and has new settings and secrets", async () => {
    const before = await containerOf(id);
    await berth.call("PATCH", id, { modelId: "claude-opus", modelApiKey: OTHER_KEY });
    expect(await ended(berth, id)).toMatchObject({ kind: "patch", state: "succeeded" });
    expect(await containerOf(id)).toBe(before);
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: "anthropic/claude-opus" } } },
    });
    expect(handedSecrets(id).models).toEqual({ anthropic: OTHER_KEY });
    expect(inside(id, "sh", "-c", "cat /run/berth/*.json")).not.toContain(MODEL_KEY);
    expect(await findings(berth, id)).toEqual([]);
  });

  it("that refuses them runs on with those that it had, and its record says so", async () => {
    const [container, settings, secrets] = [await containerOf(id), settingsOf(id), handedText(id)];
    const { data } = (await berth.call("GET", id)).body;
    await berth.call("PATCH", id, {
      modelId: "refused",
      modelApiKey: MODEL_KEY,
    });
    expect(await ended(berth, id)).toMatchObject({
      kind: "patch",
      state: "failed",
      error: {
        code: "SETTINGS_NOT_TAKEN",
        message: expect.stringMatching(/the old settings are in force.*agents: refused on purpose/s),
      },
    });
    expect(await soon(berth, id)).toMatchObject({ status: "active", drift: null });
    const after = (await berth.call("GET", id)).body.data;
    expect(after).toEqual({ ...data, updatedAt: after?.updatedAt });
    expect([await containerOf(id), settingsOf(id), handedText(id)]).toEqual([container, settings, secrets]);
    expect(inside(id, "sh", "-c", "cat /run/berth/*.json")).not.toContain(MODEL_KEY);
    expect(await findings(berth, id)).toEqual([]);
  });

  it("takes the next change after that, in the same container", async () => {
    const before = await containerOf(id);
    await berth.call("PATCH", id, { modelId: "claude-next" });
    expect(await ended(berth, id)).toMatchObject({ kind: "patch", state: "succeeded" });
    expect(await containerOf(id)).toBe(before);
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: "anthropic/claude-next" } } },
    });
  });
});

async function activated(berth: TestBerth): Promise<string> {
  const id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  return id;
}

/** Each status that was seen until the latest operation has ended. */
async function statusesUntilEnded(berth: TestBerth, id: string): Promise<unknown[]> {
  const statuses: unknown[] = [];
  const isOver = async () => {
    const { data } = (await berth.call("GET", `${id}/status`)).body;
    statuses.push(data?.status);
    const operation = data?.operation as { finishedAt: string | null } | undefined;
    return Boolean(operation?.finishedAt);
  };
  await expect.poll(isOver, { timeout: 120_000, interval: 150 }).toBe(true);
  return statuses;
}

async function ended(berth: TestBerth, id: string): Promise<Operation | undefined> {
  await statusesUntilEnded(berth, id);
  return (await operations(berth, id))[0];
}

/** Newest first. */
async function operations(berth: TestBerth, id: string): Promise<Operation[]> {
  return (await berth.call("GET", `${id}/operations`)).body.data as unknown as Operation[];
}

/** The status once the engine was looked at. */
async function soon(berth: TestBerth, id: string): Promise<object> {
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  return (await berth.call("GET", `${id}/status`)).body.data ?? {};
}

async function containerOf(id: string): Promise<string> {
  return (await docker.getContainer(`berth-${id}`).inspect()).Id;
}

async function onRecord(berth: TestBerth, id: string): Promise<unknown> {
  const outputs = (await berth.call("GET", id)).body.data?.outputs;
  return (outputs as { containerId: string } | undefined)?.containerId;
}

/** What the audit finds of it. */
async function findings(berth: TestBerth, id: string): Promise<unknown> {
  const { body } = await berth.call("GET", `/api/v1/doctor?deployment=${id}`);
  return (body.data as unknown as { findings: unknown[] }[]).flatMap((examination) => examination.findings);
}

function settingsOf(id: string): object {
  return JSON.parse(inside(id, "cat", "/home/node/.openclaw/openclaw.json"));
}
