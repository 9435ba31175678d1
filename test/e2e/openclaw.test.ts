// The product's default: real OpenClaw through an assistant's life, with a made-up key and bot.
import { expect, it } from "vitest";
import { DEFAULT_ASSISTANT_IMAGE } from "../../infra/assistant/openclaw.ts";
import { findCodeCache } from "../../infra/docker/code-cache/find.ts";
import { CODE_CACHE_PATH } from "../../infra/docker/code-cache/names.ts";
import { ACTIVATION, paidSlot, startTestBerth, waitForStatus } from "../support/berth.ts";
import { docker, inside, labelled, NOTHING } from "../support/docker.ts";

/** OpenClaw loads so much code that on a busy machine this takes minutes. */
const START_MS = 600_000;
/** Two starts, and two stops that may take the whole grace. */
const LIFE_MS = 4 * START_MS;
/** Made beside the assistant that starts, which goes first. */
const CACHE_MS = START_MS;

it(
  "real OpenClaw: activate, stop, redeploy with its data, delete",
  async () => {
    const berth = await startTestBerth(22, {
      BERTH_ASSISTANT_IMAGE: DEFAULT_ASSISTANT_IMAGE,
      BERTH_MEMORY_MIB: "2048",
      BERTH_CPUS: "2",
      BERTH_STARTUP_TIMEOUT: String(START_MS / 1000),
    });
    try {
      const id = await paidSlot(berth);
      await berth.call("POST", `${id}/activate`, ACTIVATION);
      const active = await waitForStatus(berth, id, "active", 2 * START_MS);
      expect(active, JSON.stringify(active)).toMatchObject({ status: "active" });
      const { endpoint } = active.outputs as { endpoint: string };
      expect(await (await fetch(`${endpoint}/healthz`)).json()).toMatchObject({ ok: true });
      expect(inside(id, "id", "-u").trim()).toBe("1000");
      expect((await berth.call("GET", `${id}/pairing`)).body.data).toEqual([]);
      const approved = await berth.call("POST", `${id}/pairing/approve`, { code: "ABCD2345" });
      expect(approved.body.error).toMatchObject({ code: "NOT_FOUND" });
      expect(JSON.stringify(await docker.getContainer(`berth-${id}`).inspect())).not.toContain(
        ACTIVATION.modelApiKey,
      );
      inside(id, "sh", "-c", "echo kept > /home/node/.openclaw/notes.txt");

      await expect.poll(() => findCodeCache(DEFAULT_ASSISTANT_IMAGE), { timeout: CACHE_MS }).toBeDefined();
      await berth.call("POST", `${id}/stop`);
      await waitForStatus(berth, id, "stopped");
      await berth.call("PATCH", id, { allowFrom: [123456789] });
      await berth.call("POST", `${id}/redeploy`, {});
      await waitForStatus(berth, id, "active", 2 * START_MS);
      expect(inside(id, "cat", "/home/node/.openclaw/notes.txt")).toBe("kept\n");
      const compiled = inside(id, "sh", "-c", `ls ${CODE_CACHE_PATH}/node/*`).trim().split("\n");
      expect(compiled.length).toBeGreaterThan(1_000);
      expect(() => inside(id, "touch", `${CODE_CACHE_PATH}/node/mine`)).toThrow(/Read-only file system/);

      await berth.call("DELETE", id);
      await waitForStatus(berth, id, "deleted");
      expect(await labelled(id)).toEqual(NOTHING);
    } finally {
      await berth.close();
    }
  },
  LIFE_MS,
);
