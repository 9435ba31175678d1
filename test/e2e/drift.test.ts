// What somebody does to an assistant past Berth is seen in its status within seconds, and repaired by redeploy.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ACTIVATION,
  BOT_SECRET,
  MODEL_KEY,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker, labelled, NOTHING } from "../support/docker.ts";
import { EngineProxy } from "../support/engine-proxy.ts";
import { cells, itAtLength } from "../support/matrix.ts";
import { ensureTinyImages, type TinyImages } from "../support/tiny-image.ts";

/** Usually it is seconds. */
const SEEN_WITHIN_MS = 300_000;

let images: TinyImages;
let engine: EngineProxy;
let berth: TestBerth;
beforeAll(async () => {
  images = await ensureTinyImages();
  engine = new EngineProxy(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock");
  await engine.open();
  vi.stubEnv("DOCKER_HOST", engine.host);
  berth = await startTestBerth(50, { BERTH_ASSISTANT_IMAGE: images.fragile, DOCKER_HOST: engine.host });
});
afterAll(async () => {
  await berth.close();
  await engine.remove();
});

interface Deed {
  readonly act: (name: string) => Promise<unknown>;
  readonly undo?: (name: string) => Promise<unknown>;
  readonly seen: { readonly state: string; readonly detail: unknown };
}

const PUT_BACK: Readonly<Record<string, Deed>> = {
  stopped: {
    act: (name) => docker.getContainer(name).stop({ t: 0 }),
    undo: (name) => docker.getContainer(name).start(),
    seen: { state: "ended", detail: expect.stringMatching(/^Its container has ended \(exit code \d+\)\.$/) },
  },
  paused: {
    act: (name) => docker.getContainer(name).pause(),
    undo: (name) => docker.getContainer(name).unpause(),
    seen: { state: "paused", detail: "Its container is paused." },
  },
  "given more memory": {
    act: (name) => docker.getContainer(name).update(memory(80)),
    undo: (name) => docker.getContainer(name).update(memory(64)),
    seen: {
      state: "changed",
      detail:
        "Its container may use 80 MiB of memory, 0.5 CPUs, where 64 MiB of memory, 0.5 CPUs were asked for.",
    },
  },
};
const REPAIRED: Readonly<Record<string, Deed>> = {
  "joined by another one": {
    act: (name) => stray(name.replace("berth-", "")),
    seen: { state: "unexpected", detail: "The engine has more than one container of it." },
  },
  removed: {
    act: (name) => docker.getContainer(name).remove({ force: true }),
    seen: { state: "missing", detail: "The engine does not have its container any more." },
  },
};
/** The redeploys that follow are in test/faults/by-hand.test.ts, too. */
const REPAIRED_AT_LENGTH: Readonly<Record<string, Deed>> = {
  renamed: {
    act: (name) => docker.getContainer(name).rename({ name: `${name}-by-hand` }),
    seen: {
      state: "changed",
      detail: expect.stringMatching(/^Its container was renamed to berth-.*-by-hand/),
    },
  },
  "cut off from its network": {
    act: (name) => docker.getNetwork(name).disconnect({ Container: name, Force: true }),
    seen: { state: "changed", detail: "Its container is not connected to its network." },
  },
};

describe.concurrent("what is done by hand to a container", () => {
  it("is seen, and no more when it is put back", async () => {
    const id = await activated();
    for (const [deed, { act, undo, seen }] of Object.entries(PUT_BACK)) {
      await act(`berth-${id}`);
      expect(await untilDrift(id, isSeenAs(seen.state)), deed).toEqual({
        expected: { status: "active", replicas: 1 },
        seen: { since: expect.any(String), ...seen },
      });
      await undo?.(`berth-${id}`);
      expect(await untilDrift(id, (found) => found === null), `${deed}, put back`).toBeNull();
    }
  });

  it("is seen, and repaired by redeploy", async () => {
    const id = await activated();
    for (const [deed, { act, seen }] of cells(Object.entries(REPAIRED), Object.entries(REPAIRED_AT_LENGTH))) {
      await act(`berth-${id}`);
      expect(await untilDrift(id, isSeenAs(seen.state)), deed).toMatchObject({ seen });
      await redeployed(id);
    }
  });

  // test/faults/by-hand.test.ts has it, too.
  itAtLength(
    "keeps neither redeploy nor stop nor delete from what they are for: another one under its name",
    async () => {
      const id = await activated();
      await inItsPlace(id, {});
      await redeployed(id);
      await inItsPlace(id, { "berth.deployment": id });
      await redeployed(id);
      await inItsPlace(id, {});
      await berth.call("POST", `${id}/stop`);
      await waitForStatus(berth, id, "stopped");
      expect(await docker.listContainers({ all: true, filters: { name: [`berth-${id}`] } })).toEqual([]);
      await inItsPlace(id, {});
      await berth.call("DELETE", id);
      await waitForStatus(berth, id, "deleted");
      expect(await labelled(id)).toEqual(NOTHING);
    },
  );

  it("is seen of a stopped deployment, which is to have no container", async () => {
    const id = await activated();
    await berth.call("POST", `${id}/stop`);
    expect((await waitForStatus(berth, id, "stopped")).drift).toBeNull();
    await stray(id);
    expect(await untilDrift(id, (found) => found !== null)).toMatchObject({
      expected: { status: "stopped", replicas: 0 },
      seen: { state: "unexpected" },
    });
    await redeployed(id);
  });
});

describe.concurrent("an assistant that ends", () => {
  it("once, and comes back, is no drift", async () => {
    const id = await activated();
    await run(id, "kill -9 -1");
    await vi.waitUntil(async () => (await inspect(id)).RestartCount === 1, { timeout: SEEN_WITHIN_MS });
    expect(await untilDrift(id, (found) => found === null)).toBeNull();
    expect((await status(id)).status).toBe("active");
  });

  it("again and again is failed with its last lines, without its secrets, until it is redeployed", async () => {
    const id = await activated();
    const failed = await crashed(id);
    expect(failed).toMatchObject({
      drift: null,
      operation: { kind: "crash", state: "failed", error: { code: "CRASHED" } },
    });
    const { message } = failed.operation.error;
    expect(message).toMatch(/\((exit code 3, )?\d+ restarts?\)/);
    expect(message).toContain("something is broken");
    expect(message).toContain('"telegram":"[REDACTED]"');
    expect(message).not.toContain(BOT_SECRET);
    expect(message).not.toContain(MODEL_KEY);
    expect(message).not.toMatch(/[0-9a-f]{64}/);
    const { body } = await berth.call("GET", `${id}/operations`);
    const kinds = (body.data as unknown as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toEqual(["crash", "activate"]);
    const broken = (await inspect(id)).Id;
    await mend(id);
    await redeployed(id);
    expect((await inspect(id)).Id).not.toBe(broken);
  });

  // A crash, and a redeploy in vain, are in canaries.test.ts, too.
  itAtLength("again and again can be redeployed in vain, stopped and deleted", async () => {
    const id = await activated();
    await crashed(id);
    await berth.call("POST", `${id}/redeploy`, {});
    const failed = await waitForStatus(berth, id, "failed");
    expect(failed).toMatchObject({ operation: { kind: "redeploy", error: { code: "CRASHED" } } });
    expect(JSON.stringify(failed.operation)).toContain(String.raw`\"telegram\":\"[REDACTED]\"`);
    const events = await berth.installation.sql.selectFrom("operation_events").select("event").execute();
    expect(JSON.stringify(events)).toContain("[REDACTED]");
    expect(JSON.stringify([failed, events])).not.toContain(BOT_SECRET);
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    expect(await labelled(id)).toEqual(NOTHING);
  });
});

describe("an engine that is away", () => {
  it("leaves unknown whether an assistant runs; what was done meanwhile is seen when it is back", async () => {
    const [kept, removed] = await Promise.all([activated(), activated()]);
    await engine.close();
    await docker.getContainer(`berth-${removed}`).remove({ force: true });
    const seenAway = new Set<unknown>();
    for (const id of [kept, removed]) {
      const drift = await untilDrift(id, (found) => {
        seenAway.add(found?.seen.state);
        return found !== null;
      });
      expect(drift).toMatchObject({ expected: { status: "active" }, seen: { state: "unknown" } });
    }
    expect([...seenAway]).not.toContain("missing");
    await engine.open();
    expect(await untilDrift(kept, (found) => found === null)).toBeNull();
    expect(await untilDrift(removed, (found) => found?.seen.state !== "unknown")).toMatchObject({
      seen: { state: "missing" },
    });
  });
});

interface Status {
  readonly status: string;
  readonly drift: { readonly expected: object; readonly seen: { readonly state: string } } | null;
  readonly operation: { readonly error: { readonly message: string } };
}

async function activated(): Promise<string> {
  const id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  return id;
}

/** The redeploy leaves nothing to be seen, then and when the engine has been looked at again. */
async function redeployed(id: string): Promise<void> {
  await berth.call("POST", `${id}/redeploy`, {});
  expect((await waitForStatus(berth, id, "active")).drift).toBeNull();
  await sleep(1_000);
  expect((await status(id)).drift).toBeNull();
  // But for what measures its data, now and then.
  await vi.waitFor(async () => expect((await labelled(id)).containers).toEqual([`/berth-${id}`]), {
    timeout: SEEN_WITHIN_MS,
  });
}

/** Makes the assistant end at every start, until Berth says that it has failed. */
async function crashed(id: string): Promise<Status> {
  await run(id, "echo something is broken > .openclaw/crash; kill -9 -1");
  const isFailed = async () => (await status(id)).status === "failed";
  await vi.waitUntil(isFailed, { timeout: 180_000, interval: 100 });
  return status(id);
}

async function status(id: string): Promise<Status> {
  return (await berth.call("GET", `${id}/status`)).body.data as unknown as Status;
}

/** The drift as soon as it is as wanted, or as it is when the time is over. */
/** What comes between is passed over: a container that is removed has ended first. */
function isSeenAs(state: string): (drift: Status["drift"]) => boolean {
  return (drift) => drift?.seen.state === state;
}

async function untilDrift(id: string, isWanted: (drift: Status["drift"]) => boolean) {
  for (const deadline = Date.now() + SEEN_WITHIN_MS; ; await sleep(200)) {
    const { drift } = await status(id);
    if (isWanted(drift) || Date.now() > deadline) return drift;
  }
}

async function stray(id: string): Promise<void> {
  await docker.createContainer({ Image: images.healthy, Labels: { "berth.deployment": id } });
}

/** A container that has the assistant's name, network and volume, and is not the assistant. */
async function inItsPlace(id: string, Labels: Readonly<Record<string, string>>): Promise<void> {
  const name = `berth-${id}`;
  await docker
    .getContainer(name)
    .remove({ force: true })
    .catch(() => {});
  const HostConfig = { NetworkMode: name, Binds: [`${name}:/data`] };
  // Not the assistant's program, it would not heed the signal to stop.
  const body = { name, Image: images.healthy, Labels, HostConfig, StopSignal: "SIGKILL" };
  await (await docker.createContainer(body)).start();
}

function memory(mib: number) {
  return { Memory: mib * 2 ** 20, MemorySwap: mib * 2 ** 20 };
}

function inspect(id: string) {
  return docker.getContainer(`berth-${id}`).inspect();
}

/** Runs a script inside the container; it may end with it. */
async function run(id: string, script: string): Promise<void> {
  const exec = await docker.getContainer(`berth-${id}`).exec({ Cmd: ["/bin/sh", "-c", script] });
  await exec.start({ Detach: true });
}

/** Empties the file that makes the assistant crash, which can't be got at from inside. */
async function mend(id: string): Promise<void> {
  const Binds = [`berth-${id}:/data`];
  const helper = await docker.createContainer({
    Image: images.healthy,
    Cmd: ["/bin/sh", "-c", "printf '' > /data/crash"],
    // Its data is its own user's.
    User: "0:0",
    HostConfig: { Binds },
  });
  await helper.start();
  await helper.wait();
  await helper.remove();
}
