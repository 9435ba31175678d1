// Payments on real Docker: who stops paying loses the assistant, then its data; who pays again in time has both back.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACTIVATION, startTestBerth, type TestBerth } from "../support/berth.ts";
import { inside, labelled, NOTHING } from "../support/docker.ts";
import { handedSecrets } from "../support/handed.ts";
import {
  deliver,
  event,
  type PolarServer,
  type PolarSubscription,
  polarSettings,
  startPolar,
} from "../support/polar.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const { modelApiKey: _, ...MANAGED } = ACTIVATION;
const OPERATOR_KEY = "sk-operator-canary-0123456789";
const NEW_KEY = "sk-operator-other-0123456789";
const WAIT_MS = 300_000;

let polar: PolarServer;
let berth: TestBerth;
let folder: string;
beforeAll(async () => {
  polar = await startPolar();
  folder = await mkdtemp(join(tmpdir(), "berth-payments-"));
  berth = await start();
});
afterAll(async () => {
  await berth.close();
  await polar.close();
  await rm(folder, { recursive: true, force: true });
});

describe("one paid assistant's life", () => {
  let id: string;
  let subscription: PolarSubscription;

  it("is bought, and runs with the operator's model key", async () => {
    const { body } = await berth.call("POST", "purchase", { apiMode: "managed" });
    id = body.data?.deploymentId ?? "";
    const bought = polar.buy([...polar.checkouts.keys()].at(-1) ?? "");
    subscription = bought.subscription;
    for (const told of bought.events) await deliver(berth.url, told);
    expect((await berth.call("POST", `${id}/activate`, MANAGED)).status).toBe(202);
    await reaches(id, "active");
    expect(handedSecrets(id).models).toEqual({ anthropic: OPERATOR_KEY });
    inside(id, "sh", "-c", "echo kept > /home/node/.openclaw/notes.txt");
  });

  it("gets the operator's new model key by a redeploy", async () => {
    await berth.stop();
    berth = await start({ BERTH_ANTHROPIC_API_KEY: NEW_KEY });
    expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
    await reaches(id, "active");
    expect(handedSecrets(id).models).toEqual({ anthropic: NEW_KEY });
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const kept = files.filter((file) => file.isFile() && !file.parentPath.endsWith("/secrets"));
    for (const { parentPath, name } of kept) {
      expect(await readFile(join(parentPath, name), "latin1"), name).not.toMatch(/sk-operator-/);
    }
  });

  it("is suspended when the subscription is revoked: its container is gone, its data is kept", async () => {
    await tell("subscription.revoked");
    await reaches(id, "suspended");
    expect(await labelled(id)).toEqual({
      containers: [],
      networks: [`berth-${id}`],
      volumes: [`berth-${id}`],
    });
  });

  it("comes back with its data when somebody pays again", async () => {
    await tell("subscription.active");
    await reaches(id, "active");
    expect(inside(id, "cat", "/home/node/.openclaw/notes.txt")).toBe("kept\n");
  });

  it("is suspended after the operation that ran when the subscription was revoked", async () => {
    expect((await berth.call("POST", `${id}/redeploy`, {})).status).toBe(202);
    await tell("subscription.revoked");
    expect((await berth.call("GET", `${id}/status`)).body.data?.status).toBe("deploying");
    await reaches(id, "suspended");
    expect((await labelled(id)).containers).toEqual([]);
  });

  it("comes back when somebody pays while it is being suspended", async () => {
    await tell("subscription.active");
    await reaches(id, "active");
    await tell("subscription.revoked");
    expect((await berth.call("GET", `${id}/status`)).body.data?.status).toBe("stopping");
    await tell("subscription.active");
    await reaches(id, "active");
    expect(inside(id, "cat", "/home/node/.openclaw/notes.txt")).toBe("kept\n");
  });

  it("is deleted with its data once its time is over, also by a process that was started later", async () => {
    await tell("subscription.revoked");
    await reaches(id, "suspended");
    subscription.status = "canceled";
    await berth.stop();
    berth = await start({ BERTH_SUSPENSION_GRACE: "0.00001" });
    await reaches(id, "deleted");
    expect(await labelled(id)).toEqual(NOTHING);
  });

  async function tell(type: string): Promise<void> {
    subscription.status = type === "subscription.active" ? "active" : "canceled";
    const answer = await deliver(berth.url, event(type, subscription));
    expect(answer.status).toBe(202);
  }
});

async function start(settings: Record<string, string> = {}): Promise<TestBerth> {
  const { healthy } = await ensureTinyImages();
  const all = {
    ...polarSettings(polar),
    BERTH_ASSISTANT_IMAGE: healthy,
    BERTH_ANTHROPIC_API_KEY: OPERATOR_KEY,
    ...settings,
  };
  return startTestBerth(28, all, folder);
}

/** Polls until the deployment has that status, whatever it passes through. */
async function reaches(id: string, wanted: string): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; ; await sleep(150)) {
    const { body } = await berth.call("GET", `${id}/status`);
    if (body.data?.status === wanted) return;
    if (Date.now() > deadline) throw new Error(`Not ${wanted}: ${JSON.stringify(body)}`);
  }
}
