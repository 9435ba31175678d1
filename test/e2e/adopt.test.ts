// A move from one target to another with the data, and back. Both are in memory: what is proven here is the order of what is
// done, and what holds when it fails in the middle. test/cluster/adopt.test.ts does it from real Docker to a real cluster.
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import "../support/memory-target/row.ts";
import "../support/memory-target/watch.ts";
import {
  ACTIVATION,
  BOT_SECRET,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { startWorld, type World } from "../support/memory-target/world.ts";

const ROW = new URL("../support/memory-target/row.ts", import.meta.url).href;
const NOTE = { "workspace/note.md": "kept", "openclaw.json": "{}" };

let here: World;
let there: World;
let berth: TestBerth;
beforeAll(async () => {
  [here, there] = [await startWorld(), await startWorld()];
  berth = await startTestBerth(92, {
    BERTH_TARGET: "memory,elsewhere",
    MEMORY_WORLD: here.url,
    MEMORY_ELSEWHERE: there.url,
    // Of the processes that carry out operations.
    NODE_OPTIONS: `--import=${ROW}`,
  });
});
afterAll(async () => {
  await berth?.stop();
  await here?.close();
  await there?.close();
  if (berth) await rm(berth.dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  for (const world of [here, there]) Object.assign(world, { refuses: false, onCall: () => {} });
});

const data = async (path: string) => (await berth.call("GET", path)).body.data as Record<string, unknown>;
const member = (id: string) => data(`/api/v1/fleet/${id}`);
const status = (id: string) => data(`${id}/status`);

async function adopt(id: string, target?: string) {
  return berth.call("POST", `/api/v1/fleet/${id}/adopt`, target === undefined ? {} : { target });
}

interface Ended {
  readonly state: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

async function untilEnded(id: string): Promise<Ended> {
  await expect
    .poll(async () => (await status(id)).operation)
    .toMatchObject({ finishedAt: expect.any(String) });
  return (await status(id)).operation as Ended;
}

async function active(): Promise<string> {
  const id = await paidSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  Object.assign(here.held.get(id)?.files ?? {}, NOTE);
  return id;
}

/** Fails the test as soon as an assistant runs in both worlds. */
function watchForTwo(id: string): void {
  const runs = (world: World) => world.held.get(id)?.assistant?.isRunning === true;
  const look = () => expect([runs(here), runs(there)]).not.toEqual([true, true]);
  here.onCall = look;
  there.onCall = look;
}

it("new slots are bought where the first target is, and everybody's place is shown", async () => {
  const id = await paidSlot(berth);
  expect(await member(id)).toMatchObject({ target: "memory", isMoving: false });
});

describe("an active assistant", () => {
  let id: string;
  beforeAll(async () => {
    id = await active();
  });

  it("goes on at its new place with its data, its id and its secrets, and nothing is left", async () => {
    watchForTwo(id);
    const accepted = await adopt(id, "elsewhere");
    expect([accepted.status, accepted.body.data?.status]).toEqual([202, "active"]);
    expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
    expect(await member(id)).toMatchObject({ status: "active", target: "elsewhere", isMoving: false });
    expect(there.held.get(id)).toMatchObject({ files: NOTE, assistant: { isRunning: true } });
    for (const secret of [BOT_SECRET, MODEL_KEY])
      expect(JSON.stringify(there.held.get(id)?.secrets)).toContain(secret);
    expect(here.held.has(id)).toBe(false);
    expect((await status(id)).drift).toBe(null);
  });

  it("keeps the backup of the move, and is backed up and redeployed there", async () => {
    const { body } = await berth.call("GET", `${id}/backups`);
    expect(body.data).toMatchObject([{ reason: "adopt", state: "ready" }]);
    await berth.call("POST", `${id}/backups`);
    expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
    await berth.call("POST", `${id}/redeploy`);
    await waitForStatus(berth, id, "active");
    expect(there.held.get(id)).toMatchObject({ files: NOTE, assistant: { isRunning: true } });
    expect(here.held.has(id)).toBe(false);
  });

  it("is not moved to where it is", async () => {
    const { status, body } = await adopt(id, "elsewhere");
    expect([status, body.error?.message]).toEqual([
      409,
      "It lives on elsewhere already. Nothing was changed.",
    ]);
  });

  it("is not moved to where nobody serves", async () => {
    const { status, body } = await adopt(id, "docker");
    expect([status, body.error?.code]).toEqual([400, "INVALID_REQUEST"]);
  });

  it("goes back in the same way, with what it has written since", async () => {
    Object.assign(there.held.get(id)?.files ?? {}, { "workspace/note.md": "newer" });
    watchForTwo(id);
    expect((await adopt(id)).status).toBe(202);
    expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
    expect(await member(id)).toMatchObject({ status: "active", target: "memory" });
    expect(here.held.get(id)?.files).toEqual({ ...NOTE, "workspace/note.md": "newer" });
    expect(there.held.has(id)).toBe(false);
  });

  it("deleted, nothing is left of it anywhere", async () => {
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    expect([here.held.has(id), there.held.has(id)]).toEqual([false, false]);
  });
});

it("a stopped one moves, and is not started", async () => {
  const id = await active();
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  await adopt(id, "elsewhere");
  expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
  expect(await member(id)).toMatchObject({ status: "stopped", target: "elsewhere" });
  expect(there.held.get(id)).toMatchObject({ files: NOTE, assistant: null, secrets: null });
  expect(here.held.has(id)).toBe(false);
  await berth.call("POST", `${id}/redeploy`);
  await waitForStatus(berth, id, "active");
  expect(there.held.get(id)).toMatchObject({ files: NOTE, assistant: { isRunning: true } });
});

it("a paid slot moves, and is activated there", async () => {
  const id = await paidSlot(berth);
  await untilEnded(id);
  await adopt(id, "elsewhere");
  expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  expect([here.held.has(id), there.held.get(id)?.assistant?.isRunning]).toEqual([false, true]);
});

describe("a move that fails leaves it where it was", () => {
  const refuse = (name: string) => (call: string) => {
    if (call === name) throw new Error("refused");
  };

  async function expectHome(id: string): Promise<void> {
    expect(await member(id)).toMatchObject({ status: "active", target: "memory", isMoving: false });
    expect(here.held.get(id)).toMatchObject({ files: NOTE, assistant: { isRunning: true } });
    expect((await status(id)).drift).toBe(null);
  }

  it("when the new place does not answer: nothing is touched", async () => {
    const id = await active();
    const halts = here.calls.get("end") ?? 0;
    there.refuses = true;
    await adopt(id, "elsewhere");
    const { state, error } = await untilEnded(id);
    expect([state, error?.code]).toEqual(["failed", "ENGINE_UNAVAILABLE"]);
    await expectHome(id);
    expect(here.calls.get("end") ?? 0, "how often it was stopped").toBe(halts);
  });

  it.each([
    ["takes no data", "replace"],
    ["starts no assistant", "run"],
  ])("when the new place %s", async (_what, call) => {
    const id = await active();
    there.onCall = refuse(call);
    await adopt(id, "elsewhere");
    const { state, error } = await untilEnded(id);
    expect([state, error?.code]).toEqual(["failed", "MOVE_UNDONE"]);
    expect(error?.message).toContain("it is active on memory as before, with its data");
    await expectHome(id);
    expect(there.held.has(id)).toBe(false);
  });

  it("when the new place goes away while the data is brought", async () => {
    const id = await active();
    there.onCall = (name) => {
      if (name === "replace") there.refuses = true;
    };
    await adopt(id, "elsewhere");
    expect((await untilEnded(id)).error?.code).toBe("MOVE_UNDONE");
    await expectHome(id);
    // What was left there is in nobody's way.
    there.refuses = false;
    there.onCall = () => {};
    await adopt(id, "elsewhere");
    expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
    expect(there.held.get(id)).toMatchObject({ files: NOTE, assistant: { isRunning: true } });
  });

  it("and when it goes away while it starts there, as soon as it is known not to run there", async () => {
    const id = await active();
    there.onCall = (name) => {
      if (name === "run") there.refuses = true;
    };
    await adopt(id, "elsewhere");
    expect((await untilEnded(id)).error?.code).toBe("MOVE_NOT_UNDONE");
    expect(await member(id)).toMatchObject({ status: "failed", isMoving: true });
    expect(here.held.get(id)).toMatchObject({ files: NOTE, assistant: null });
    there.refuses = false;
    there.onCall = () => {};
    await berth.call("POST", `${id}/redeploy`);
    await waitForStatus(berth, id, "active");
    await expectHome(id);
    expect(there.held.has(id)).toBe(false);
  });
});

it("what can't be removed where it was is left for later, and adopt removes it", async () => {
  const id = await active();
  here.onCall = (name) => {
    if (name === "forget") throw new Error("refused");
  };
  await adopt(id, "elsewhere");
  expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
  expect(await member(id)).toMatchObject({ status: "active", target: "elsewhere", isMoving: true });
  expect(here.held.get(id)).toMatchObject({ files: NOTE, assistant: null });
  here.onCall = () => {};
  expect((await adopt(id, "elsewhere")).status).toBe(202);
  expect(await untilEnded(id)).toMatchObject({ state: "succeeded" });
  expect(await member(id)).toMatchObject({ status: "active", target: "elsewhere", isMoving: false });
  expect(here.held.has(id)).toBe(false);
  expect(there.held.get(id)?.assistant?.isRunning).toBe(true);
});

it("deleted in the middle of a move, nothing is left of it anywhere", async () => {
  const id = await active();
  const deleted = new Promise<void>((resolve) => {
    there.onCall = async (name) => {
      if (name !== "replace") return;
      there.onCall = () => {};
      await berth.call("DELETE", id);
      resolve();
    };
  });
  await adopt(id, "elsewhere");
  await deleted;
  await waitForStatus(berth, id, "deleted");
  expect([here.held.has(id), there.held.has(id)]).toEqual([false, false]);
});

it("a stop that is asked for in the middle of a move is done at its new place", async () => {
  const id = await active();
  watchForTwo(id);
  const look = there.onCall;
  const stopped = new Promise<void>((resolve) => {
    there.onCall = async (name) => {
      await look(name);
      if (name !== "run") return;
      there.onCall = look;
      await berth.call("POST", `${id}/stop`);
      resolve();
    };
  });
  await adopt(id, "elsewhere");
  await stopped;
  await waitForStatus(berth, id, "stopped");
  expect(await member(id)).toMatchObject({ target: "elsewhere", isMoving: false });
  expect(there.held.get(id)).toMatchObject({ files: NOTE, assistant: null });
  expect(here.held.has(id)).toBe(false);
});
