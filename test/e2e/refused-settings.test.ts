// Settings that the assistant refuses: the customer reads that, and redeploy brings it back. The image ends as OpenClaw
// 2026.9.6 was seen to: with exit code 78 and those words, which test/faults/openclaw.test.ts compares with the real one.
import { sql as raw } from "kysely";
import { expect, it, vi } from "vitest";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { crash, inside } from "../support/docker.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const REFUSED = {
  code: "SETTINGS_REFUSED",
  message: expect.stringMatching(/redeploy[\s\S]*Invalid config[\s\S]*"flux"/),
};

const SET_ASIDE = {
  cause: {
    code: "SETTINGS_SET_ASIDE",
    message: expect.stringMatching(/is kept as openclaw\.json\.unreadable-\d+/),
  },
  since: expect.any(String),
};

it("are a cause, while it runs and while it starts; redeploy takes the last that were accepted, and says so", async () => {
  const { picky } = await ensureTinyImages();
  const berth = await startTestBerth(35, { BERTH_ASSISTANT_IMAGE: picky });
  try {
    const id = await unpreparedSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");

    breakSettings(id);
    crash(id);
    await vi.waitUntil(async () => (await status(berth, id))?.status === "failed", {
      timeout: 300_000,
      interval: 100,
    });
    expect(await status(berth, id)).toMatchObject({ operation: { kind: "crash", error: REFUSED } });
    await berth.call("POST", `${id}/redeploy`, {});
    expect((await waitForStatus(berth, id, "active")).warning).toEqual(SET_ASIDE);
    const { rows } = await raw<{ event: unknown }>`select event from operation_events`.execute(
      berth.installation.sql,
    );
    expect(rows.map(({ event }) => event)).toContainEqual({
      kind: "diagnostic",
      severity: "warning",
      message: SET_ASIDE.cause.message,
    });
    expect(inside(id, "sh", "-c", "cat .openclaw/openclaw.json.unreadable-*")).toContain("flux");
    expect(inside(id, "cat", ".openclaw/openclaw.json")).toContain("claude-sonnet-4-5-20250929");

    breakSettings(id);
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    await berth.call("POST", `${id}/redeploy`, {});
    const failed = await waitForStatus(berth, id, "failed");
    expect(failed).toMatchObject({ operation: { kind: "redeploy", error: REFUSED } });
    await berth.call("POST", `${id}/redeploy`, {});
    expect((await waitForStatus(berth, id, "active")).warning).toEqual(SET_ASIDE);
    expect(inside(id, "cat", ".openclaw/openclaw.json")).not.toContain("flux");
    await berth.call("POST", `${id}/redeploy`, {});
    expect((await waitForStatus(berth, id, "active")).warning).toBeNull();
  } finally {
    await berth.close();
  }
});

/** As an agent may that edits its own settings. */
function breakSettings(id: string): void {
  inside(id, "sh", "-c", `cd .openclaw; printf '{"flux": 1, "mine": 2}' > openclaw.json`);
}

async function status(berth: TestBerth, id: string) {
  return (await berth.call("GET", `${id}/status`)).body.data;
}
