// What somebody does to an assistant past Berth is seen in its status within seconds, and repaired by redeploy.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  ACTIVATION,
  BOT_TOKEN,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { docker, labelled, NOTHING } from "../support/docker.ts";
import { EngineProxy } from "../support/engine-proxy.ts";
import { ensureTinyImages, type TinyImages } from "../support/tiny-image.ts";

const SEEN_WITHIN_MS = 5_000;

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

const DEEDS: Readonly<Record<string, { act: (name: string) => Promise<unknown>; seen: object }>> = {
  removed: {
    act: (name) => docker.getContainer(name).remove({ force: true }),
    seen: { state: "missing", detail: "The engine does not have its container any more." },
  },
  stopped: {
    act: (name) => docker.getContainer(name).stop({ t: 0 }),
    seen: { state: "ended", detail: expect.stringMatching(/^Its container has ended \(exit code \d+\)\.$/) },
  },
  paused: {
    act: (name) => docker.getContainer(name).pause(),
    seen: { state: "paused", detail: "Its container is paused." },
  },
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
  "given more memory": {
    act: (name) => docker.getContainer(name).update({ Memory: 80 * 2 ** 20, MemorySwap: 80 * 2 ** 20 }),
    seen: {
      state: "changed",
      detail:
        "Its container may use 80 MiB of memory, 0.5 CPUs, where 64 MiB of memory, 0.5 CPUs were asked for.",
    },
  },
  "joined by another one": {
    act: async (name) => {
      const Labels = { "berth.deployment": name.replace("berth-", "") };
      await docker.createContainer({ Image: images.healthy, Labels });
    },
    seen: { state: "unexpected", detail: "The engine has more than one container of it." },
  },
};

describe.concurrent("a container that was changed by hand", () => {
  it.each(Object.entries(DEEDS))("%s: is seen, and repaired by redeploy", async (_deed, { act, seen }) => {
    const id = await activated();
    expect((await status(id)).drift).toBeNull();
    await act(`berth-${id}`);
    const drift = await untilDrift(id, (found) => found !== null);
    expect(drift).toEqual({
      expected: { status: "active", replicas: 1 },
      seen: { since: expect.any(String), ...seen },
    });
    await berth.call("POST", `${id}/redeploy`, {});
    expect((await waitForStatus(berth, id, "active")).drift).toBeNull();
    // Nor is there any when the engine has been looked at again.
    await sleep(1_000);
    expect((await status(id)).drift).toBeNull();
    expect((await labelled(id)).containers).toEqual([`/berth-${id}`]);
  });

  it("a stopped deployment is to have no container", async () => {
    const id = await activated();
    await berth.call("POST", `${id}/stop`);
    expect((await waitForStatus(berth, id, "stopped")).drift).toBeNull();
    await docker.createContainer({ Image: images.healthy, Labels: { "berth.deployment": id } });
    expect(await untilDrift(id, (found) => found !== null)).toMatchObject({
      expected: { status: "stopped", replicas: 0 },
      seen: { state: "unexpected" },
    });
    await berth.call("POST", `${id}/redeploy`, {});
    expect((await waitForStatus(berth, id, "active")).drift).toBeNull();
    expect((await labelled(id)).containers).toEqual([`/berth-${id}`]);
  });

  it("one that died once and came back is no drift", async () => {
    const id = await activated();
    await run(id, "kill -9 -1");
    await vi.waitUntil(async () => (await inspect(id)).RestartCount === 1, { timeout: SEEN_WITHIN_MS });
    expect(await untilDrift(id, (found) => found === null)).toBeNull();
    expect((await status(id)).status).toBe("active");
  });
});

describe("an assistant that ends again and again", () => {
  it("is failed with its last lines and without its secrets, and can be redeployed, stopped and deleted", async () => {
    const id = await activated();
    await run(id, "echo something is broken > .openclaw/crash; kill -9 -1");
    const failed = await vi.waitUntil(
      async () => {
        const found = await status(id);
        return found.status === "failed" && found;
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(failed).toMatchObject({
      drift: null,
      operation: { kind: "crash", state: "failed", error: { code: "CRASHED" } },
    });
    const { message } = failed.operation.error;
    expect(message).toMatch(/exit code 3, \d+ restarts/);
    expect(message).toContain("something is broken");
    expect(message).toContain("TELEGRAM_BOT_TOKEN='[REDACTED]'");
    expect(message).not.toContain(BOT_TOKEN);
    expect(message).not.toContain(MODEL_KEY);
    expect(message).not.toMatch(/[0-9a-f]{64}/);
    const operations = await berth.installation.sql
      .selectFrom("operations")
      .select("kind")
      .where("deployment_id", "=", id)
      .where("kind", "=", "crash")
      .execute();
    expect(operations).toHaveLength(1);

    const broken = (await inspect(id)).Id;
    await mend(id);
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
    expect((await inspect(id)).Id).not.toBe(broken);

    await run(id, "echo again > .openclaw/crash; kill -9 -1");
    await vi.waitUntil(async () => (await status(id)).status === "failed", { timeout: 30_000 });
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
  const id = await paidSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
  return id;
}

async function status(id: string): Promise<Status> {
  return (await berth.call("GET", `${id}/status`)).body.data as unknown as Status;
}

/** The drift as soon as it is as wanted, or as it is when the time is over. */
async function untilDrift(id: string, isWanted: (drift: Status["drift"]) => boolean) {
  for (const deadline = Date.now() + SEEN_WITHIN_MS * 2; ; await sleep(50)) {
    const { drift } = await status(id);
    if (isWanted(drift) || Date.now() > deadline) return drift;
  }
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
    HostConfig: { Binds },
  });
  await helper.start();
  await helper.wait();
  await helper.remove();
}
