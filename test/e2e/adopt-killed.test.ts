// Berth, or what works for it, is killed in the middle of a move, at each call that changes something: the deployment ends
// where it was or at its new place, with its data, never with two assistants, and with nothing left at the other.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACTIVATION, API_KEY } from "../support/berth.ts";
import { kill, type Victim } from "../support/faults/processes.ts";
import { Server } from "../support/faults/server.ts";
import { cells } from "../support/matrix.ts";
import { startWorld, type World } from "../support/memory-target/world.ts";

const TARGETS = new URL("../support/memory-target/for-server.ts", import.meta.url).href;
const NOTE = { "workspace/note.md": "kept" };
const SETTLED_WITHIN_MS = 300_000;

let here: World;
let there: World;
let server: Server;
beforeAll(async () => {
  [here, there] = [await startWorld(), await startWorld()];
  const settings = {
    BERTH_TARGET: "memory,elsewhere",
    BERTH_ASSISTANT_IMAGE: "ghcr.io/openclaw/openclaw:2026.9.6",
    MEMORY_WORLD: here.url,
    MEMORY_ELSEWHERE: there.url,
    NODE_OPTIONS: `--import=${TARGETS}`,
  };
  server = await Server.start(93, { settings });
});
afterAll(async () => {
  await server?.close();
  await here?.close();
  await there?.close();
});

interface Cell {
  readonly at: "here" | "there";
  /** The call that is struck. */
  readonly call: string;
  readonly when: "before" | "after";
  readonly victim: Victim;
}

const USUAL: readonly Cell[] = [
  { at: "here", call: "end", when: "after", victim: "everything" },
  { at: "there", call: "replace", when: "after", victim: "everything" },
  { at: "there", call: "run", when: "after", victim: "everything" },
];
const REST = (["everything", "operation process", "pulumi"] as const).flatMap((victim) =>
  (["before", "after"] as const).flatMap((when): Cell[] => [
    { at: "here", call: "end", when, victim },
    { at: "there", call: "make", when, victim },
    { at: "there", call: "replace", when, victim },
    { at: "there", call: "tell", when, victim },
    { at: "there", call: "run", when, victim },
    { at: "here", call: "forget", when, victim },
  ]),
);

it.each(cells(USUAL, REST))("$victim is killed $when $call $at", async ({ at, call, when, victim }) => {
  const id = await active();
  watchForTwo(id);
  const struck = strike(at === "here" ? here : there, call, when, victim);
  const asked = await fleet("POST", `${id}/adopt`, { target: "elsewhere" });
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  await struck;
  if (victim === "everything") await server.start();
  const operation = await untilEnded(id);
  const place = (await fleet("GET", id)).body.data;
  // Nothing but kills: each is carried out again.
  expect(operation).toMatchObject({ state: "succeeded", error: null });
  expect(place).toMatchObject({ target: "elsewhere", status: "active", isMoving: false });
  expect(there.held.get(id)).toMatchObject({ files: NOTE, assistant: { isRunning: true } });
  expect(here.held.has(id)).toBe(false);
  expect(twice, "two at once").toBe(false);
  await server.call("DELETE", id);
  await expect.poll(async () => (await server.status(id)).status).toBe("deleted");
  expect([here.held.has(id), there.held.has(id)]).toEqual([false, false]);
});

it("what an assistant has written since a move was undone is carried by the attempt that comes after a kill", async () => {
  const id = await active();
  let refusals = 0;
  there.onCall = (name) => {
    if (name === "run" && refusals++ === 0) throw new Error("refused");
  };
  const writes = () => void Object.assign(here.held.get(id)?.files ?? {}, { "workspace/note.md": "newer" });
  const struck = strike(here, "run", "after", "everything", writes);
  await fleet("POST", `${id}/adopt`, { target: "elsewhere" });
  await struck;
  await server.start();
  expect(await untilEnded(id)).toMatchObject({ state: "succeeded", error: null });
  expect(refusals).toBeGreaterThan(1);
  expect(there.held.get(id)).toMatchObject({
    files: { "workspace/note.md": "newer" },
    assistant: { isRunning: true },
  });
  expect(here.held.has(id)).toBe(false);
});

async function fleet(method: string, path: string, body?: object) {
  const answer = await fetch(`${server.url}/api/v1/fleet/${path}`, {
    method,
    headers: { "X-API-Key": API_KEY, "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as { data?: Record<string, unknown> } };
}

async function active(): Promise<string> {
  for (const world of [here, there]) Object.assign(world, { onCall: () => {}, onDone: () => {} });
  const id = await server.buy();
  await server.call("POST", `${id}/activate`, ACTIVATION);
  await expect.poll(async () => (await server.status(id)).status).toBe("active");
  Object.assign(here.held.get(id)?.files ?? {}, NOTE);
  return id;
}

let twice = false;

function watchForTwo(id: string): void {
  twice = false;
  const runs = (world: World) => world.held.get(id)?.assistant?.isRunning === true;
  for (const world of [here, there])
    world.onCall = () => {
      twice ||= runs(here) && runs(there);
    };
}

/** Resolves once they are killed, at the first such call. */
function strike(
  world: World,
  name: string,
  when: Cell["when"],
  victim: Victim,
  meanwhile = () => {},
): Promise<void> {
  const { onCall: watch } = world;
  return new Promise((resolve) => {
    const hook = async (called: string) => {
      if (called !== name) return;
      Object.assign(world, { onCall: watch, onDone: () => {} });
      meanwhile();
      await kill(server.folder, victim);
      resolve();
      // Who has asked may be another process, which goes on.
      if (when === "before" && victim === "everything") throw new Error("nobody asks any more");
    };
    if (when === "after") world.onDone = hook;
    else
      world.onCall = async (called) => {
        await watch(called);
        await hook(called);
      };
  });
}

async function untilEnded(id: string) {
  for (const deadline = Date.now() + SETTLED_WITHIN_MS; ; await sleep(200)) {
    const { operation } = (await server.status(id)) as unknown as {
      operation: { finishedAt: string | null };
    };
    if (operation.finishedAt !== null) return operation;
    if (Date.now() > deadline) throw new Error(`It did not end:\n${server.log}`);
  }
}
