// Assistants that are started ahead of their activation, on real Docker: a tiny image takes its settings while it runs, as
// OpenClaw does.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { resourceName } from "../../infra/args.ts";
import {
  ACTIVATION,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { docker, inside, labelled, NOTHING, whileActive } from "../support/docker.ts";
import { handedSecrets } from "../support/handed.ts";
import { containerOf, prebootedSlot, settingsOf, untilGone, untilWaiting } from "../support/preboot.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const MIB = 1024 * 1024;

let image: string;
beforeAll(async () => {
  image = (await ensureTinyImages()).polling;
});

describe("an assistant that waits", () => {
  let berth: TestBerth;
  beforeAll(async () => {
    berth = await startTestBerth(67, { BERTH_ASSISTANT_IMAGE: image, BERTH_PREBOOT_MAX: "1" });
  });
  afterAll(async () => {
    await berth.close();
    await rm(berth.dataDir, { recursive: true, force: true });
  });
  let id: string;
  afterEach(() => deleted(berth, id));

  it("has neither bot nor key, is as hardened as ever, and shows nowhere", async () => {
    id = await prebootedSlot(berth);
    await expect.poll(() => labelled(id)).toEqual(whileActive(id));
    expect(Object.keys(settingsOf(id)).toSorted()).toEqual(["agents", "gateway", "plugins", "secrets"]);
    expect(handedSecrets(id)).toEqual({ gateway: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(existsSync(join(berth.dataDir, "secrets", `${id}.json`))).toBe(false);
    const { data } = (await berth.call("GET", `${id}/status`)).body;
    expect(data).toMatchObject({
      status: "purchased",
      operation: { kind: "prepare", state: "succeeded" },
      outputs: { status: "stopped", replicas: 0, containerId: null, endpoint: null },
      drift: null,
      warning: null,
      channel: null,
    });
    for (const call of ["logs", "metrics"])
      expect((await berth.call("GET", `${id}/${call}`)).body.error?.code).toBe("INVALID_STATE");
    expect(await findings(berth, id)).toEqual([]);
    const scraped = await fetch(`${berth.url}/metrics`, {
      headers: { "X-API-Key": berth.environment.BERTH_API_KEY ?? "" },
    });
    expect(await scraped.text()).toContain("berth_prebooted 1\n");
  });

  it("takes its settings and secrets at its activation, and so do later changes: its container stays", async () => {
    id = await prebootedSlot(berth);
    const before = await containerOf(id);
    expect(await activated(berth, id)).toMatchObject({ outputs: { containerId: before, status: "active" } });
    expect(await containerOf(id)).toBe(before);
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: `anthropic/${ACTIVATION.modelId}` } } },
      channels: { telegram: { enabled: true } },
    });
    const { gateway, models, telegram } = handedSecrets(id);
    expect({ gateway, models }).toEqual({ gateway: expect.any(String), models: { anthropic: MODEL_KEY } });
    expect(telegram).toContain(":");
    expect(await findings(berth, id)).toEqual([]);
    await berth.call("PATCH", id, { modelId: "claude-other" });
    await ended(berth, id);
    await berth.call("POST", `${id}/redeploy`, {});
    await waitForStatus(berth, id, "active");
    expect(await containerOf(id)).toBe(before);
    expect(settingsOf(id)).toMatchObject({
      agents: { defaults: { model: { primary: "anthropic/claude-other" } } },
    });
  });

  it.each<[what: string, odd: (name: string) => Promise<unknown>, settings?: object]>([
    ["is gone", (name) => docker.getContainer(name).remove({ force: true })],
    ["is paused", (name) => docker.getContainer(name).pause()],
    ["has stopped", (name) => docker.getContainer(name).stop({ t: 0 })],
    [
      "has other limits",
      (name) => docker.getContainer(name).update({ Memory: 128 * MIB, MemorySwap: 128 * MIB }),
    ],
    ["refuses its settings", async () => {}, { modelId: "refused" }],
    ["does not come to read its bot's messages", async () => {}, { modelId: "silent" }],
  ])("is made anew within the activation where it %s", async (_what, odd, settings = {}) => {
    id = await prebootedSlot(berth);
    const before = await containerOf(id);
    await odd(resourceName(id));
    await activated(berth, id, settings);
    const after = await containerOf(id);
    expect(after).not.toBe(before);
    await expect.poll(async () => (await labelled(id)).containers).toHaveLength(1);
    expect(handedSecrets(id).models).toEqual({ anthropic: MODEL_KEY });
    const operations = (await berth.call("GET", `${id}/operations`)).body.data as unknown as object[];
    expect(operations[0]).toMatchObject({ kind: "activate", state: "succeeded" });
    expect(await findings(berth, id)).toEqual([]);
  });

  it("waits no longer than its time; its network and data stay, and it is activated as any other", async () => {
    id = await prebootedSlot(berth);
    await berth.installation.sql
      .updateTable("deployments")
      .set({ preboot_until: new Date() })
      .where("id", "=", id)
      .execute();
    await untilGone(berth, id);
    const name = resourceName(id);
    expect(await labelled(id)).toEqual({ containers: [], networks: [name], volumes: [name] });
    expect(await findings(berth, id)).toEqual([]);
    expect((await berth.call("GET", `${id}/status`)).body.data?.status).toBe("purchased");
    await activated(berth, id);
  });

  it("makes way for a newer one where no more may wait", async () => {
    const older = await prebootedSlot(berth);
    id = await prebootedSlot(berth);
    await untilGone(berth, older);
    await untilWaiting(berth, id);
    await deleted(berth, older);
    expect(await labelled(older)).toEqual(NOTHING);
  });

  it("is ended by a Berth that starts none, and found without its record", async () => {
    id = await prebootedSlot(berth);
    await berth.installation.sql
      .updateTable("deployments")
      .set({ preboot_until: null })
      .where("id", "=", id)
      .execute();
    await berth.stop();
    const settings = { BERTH_ASSISTANT_IMAGE: image, BERTH_PREBOOT_MAX: "0" };
    berth = await startTestBerth(67, settings, berth.dataDir);
    await untilGone(berth, id);
    expect(await findings(berth, id)).toEqual([]);
  });
});

it("one that waits is stopped before the host has too little memory for another's activation", async () => {
  // More than the host has free: whoever is activated wants room.
  const settings = { BERTH_MEMORY_MIB: String(Math.ceil(totalmem() / MIB)), BERTH_PREBOOT_MAX: "1" };
  const berth = await startTestBerth(69, { BERTH_ASSISTANT_IMAGE: image, ...settings });
  try {
    const [asked, waiting] = [await paidSlot(berth), await prebootedSlot(berth)];
    await untilGone(berth, asked);
    await activated(berth, asked);
    await untilGone(berth, waiting);
    expect(inside(asked, "cat", "/home/node/.openclaw/openclaw.json")).toContain("telegram");
    for (const one of [asked, waiting]) await deleted(berth, one);
  } finally {
    await berth.close();
  }
});

async function activated(berth: TestBerth, id: string, settings: object = {}) {
  const { status, body } = await berth.call("POST", `${id}/activate`, { ...ACTIVATION, ...settings });
  expect(status, JSON.stringify(body)).toBe(202);
  return waitForStatus(berth, id, "active");
}

async function deleted(berth: TestBerth, id: string): Promise<void> {
  await berth.call("DELETE", id);
  await waitForStatus(berth, id, "deleted");
}

async function ended(berth: TestBerth, id: string): Promise<void> {
  const isOver = async () => {
    const { data } = (await berth.call("GET", `${id}/status`)).body;
    return Boolean((data?.operation as { finishedAt: string | null } | undefined)?.finishedAt);
  };
  await expect.poll(isOver).toBe(true);
}

/** What the audit finds of it. */
async function findings(berth: TestBerth, id: string): Promise<unknown> {
  const { body } = await berth.call("GET", `/api/v1/doctor?deployment=${id}`);
  return (body.data as unknown as { findings: unknown[] }[]).flatMap((examination) => examination.findings);
}
