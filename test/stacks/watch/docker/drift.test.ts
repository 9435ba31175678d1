// What was asked for against what was seen, without an engine.
import { describe, expect, it } from "vitest";
import type { CloseLook, Observation, ObservedContainer } from "../../../../infra/docker/observe.ts";
import { NOTHING } from "../../../../infra/docker/observe.ts";
import { CrashLoops } from "../../../../stacks/watch/docker/crash-loop.ts";
import { difference } from "../../../../stacks/watch/docker/drift.ts";

const ID = "0198c0de-0000-7000-8000-000000000001";
const NAME = `berth-${ID}`;
const OUTPUTS = { containerId: "own", endpoint: null, image: "i", network: NAME, volume: NAME };
const ACTIVE = {
  id: ID,
  status: "active",
  outputs: { ...OUTPUTS, status: "active", replicas: 1 },
} as const;
const STOPPED = {
  id: ID,
  status: "stopped",
  outputs: { ...OUTPUTS, status: "stopped", replicas: 0, containerId: null },
} as const;
const CLOSE: CloseLook = {
  howItEnded: "exit code 137",
  restarts: 0,
  createdAt: new Date(0),
  limits: "64 MiB of memory, 0.5 CPUs",
  limitsAskedFor: "64 MiB of memory, 0.5 CPUs",
  restartPolicy: "unless-stopped",
};
const KEPT: Observation = { containers: [], networks: [NAME], volumes: [NAME] };

function container(change: Partial<ObservedContainer> = {}): ObservedContainer {
  return { id: "own", name: NAME, state: "running", networks: [NAME], close: CLOSE, ...change };
}

function having(...containers: ObservedContainer[]): Observation {
  return { ...KEPT, containers };
}

function looked(change: Partial<CloseLook>): Observation {
  return having(container({ close: { ...CLOSE, ...change } }));
}

describe("an active deployment", () => {
  it("is as asked for with its own container, running, under its name, on its network", () => {
    expect(difference(ACTIVE, having(container()))).toBeUndefined();
  });
  it("is as asked for before it was looked at closely, and if its container tells of no limits", () => {
    const { close: _, ...listed } = container();
    expect(difference(ACTIVE, having(listed))).toBeUndefined();
    expect(difference(ACTIVE, looked({ limitsAskedFor: undefined }))).toBeUndefined();
  });
  it.each([
    ["no container", KEPT, "missing", "its container any more"],
    ["nothing at all", NOTHING, "missing", "its container, its network, and the volume with its data"],
    ["no network", { ...having(container()), networks: [] }, "missing", "its network"],
    ["a container that was made by hand", having(container({ id: "other" })), "unexpected", "in the place"],
    ["two containers", having(container(), container({ id: "other" })), "unexpected", "more than one"],
    ["an ended container", having(container({ state: "exited" })), "ended", "(exit code 137)"],
    ["a dead container", having(container({ state: "dead" })), "ended", "has ended"],
    ["a container that never started", having(container({ state: "created" })), "ended", "never started"],
    ["a restarting container", having(container({ state: "restarting" })), "restarting", "started again"],
    ["a paused container", having(container({ state: "paused" })), "paused", "is paused"],
    ["another name", having(container({ name: "x" })), "changed", "renamed to x"],
    ["no connection", having(container({ networks: [] })), "changed", "not connected to its network"],
    ["one connection more", having(container({ networks: [NAME, "bridge"] })), "changed", "networks: bridge"],
    ["other limits", looked({ limits: "1 MiB of memory, 2 CPUs" }), "changed", "may use 1 MiB"],
    ["no restart policy", looked({ restartPolicy: "no" }), "changed", "not restarted"],
  ])("differs with %s", (_name, observed, state, says) => {
    expect(difference(ACTIVE, observed)).toEqual({ state, detail: expect.stringContaining(says) });
  });
  it("is not judged by outputs that don't bear its status out", () => {
    expect(difference({ ...ACTIVE, outputs: null }, NOTHING)).toBeUndefined();
    expect(difference({ ...ACTIVE, outputs: STOPPED.outputs }, NOTHING)).toBeUndefined();
  });
});

describe("a stopped deployment", () => {
  it("is to have its network and its data, and no container", () => {
    expect(difference(STOPPED, KEPT)).toBeUndefined();
    expect(difference(STOPPED, having(container()))).toMatchObject({ state: "unexpected" });
    expect(difference(STOPPED, { ...KEPT, volumes: [] })).toEqual({
      state: "missing",
      detail: "The engine does not have the volume with its data any more.",
    });
  });
});

describe("a crash loop", () => {
  const MINUTE = 60_000;
  const at = (restarts: number, minute: number, loops: CrashLoops) =>
    loops.note(container({ close: { ...CLOSE, restarts } }), minute * MINUTE);

  it("is five restarts within ten minutes, counted from a new container's beginning", () => {
    const loops = new CrashLoops();
    expect([1, 2, 3, 4, 5].map((restarts) => at(restarts, restarts, loops))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });
  it("is not a restart every three minutes", () => {
    const loops = new CrashLoops();
    for (let restarts = 1; restarts < 20; restarts++) expect(at(restarts, restarts * 3, loops)).toBe(false);
  });
  it("is not what an old container had before it was first looked at", () => {
    const loops = new CrashLoops();
    expect(at(57, 100, loops)).toBe(false);
    expect(at(61, 101, loops)).toBe(false);
    expect(at(62, 102, loops)).toBe(true);
  });
  it("is counted anew after the clock was put back: what was seen before then would be of late for ever", () => {
    const loops = new CrashLoops();
    const days = 40 * 24 * 60;
    expect(at(1, days, loops)).toBe(false);
    for (let restarts = 2; restarts < 20; restarts++) expect(at(restarts, restarts * 3, loops)).toBe(false);
    expect(at(24, 58, loops)).toBe(true);
  });
  it("is counted anew after a start by hand", () => {
    const loops = new CrashLoops();
    expect(at(4, 1, loops)).toBe(false);
    expect(at(0, 2, loops)).toBe(false);
    expect(at(4, 3, loops)).toBe(false);
    expect(at(5, 4, loops)).toBe(true);
  });
});
