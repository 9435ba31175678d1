// What does not work of an assistant that runs is a warning, and not a failure.
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askAll } from "../../stacks/watch/readiness.ts";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { inside } from "../support/docker.ts";
import { handedSecrets } from "../support/handed.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

let berth: TestBerth;
let id: string;
const silent = new Set<string>();
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  berth = await startTestBerth(47, { BERTH_ASSISTANT_IMAGE: healthy });
  id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
});
afterAll(() => berth.close());

it("an assistant that says nothing of it has no warning", async () => {
  expect(await lookedAt()).toMatchObject({ status: "active", warning: null });
});

it("one whose bot does not work stays active, with a warning that says since when", async () => {
  says({ ready: false, failing: ["telegram"] });
  const first = await lookedAt();
  expect(first).toMatchObject({
    status: "active",
    warning: {
      cause: { code: "NOT_READY", message: expect.stringMatching(/telegram does not work.*bot token/) },
      since: expect.any(String),
    },
  });
  says({ ready: false, failing: ["telegram", "memory"] });
  const second = await lookedAt();
  expect(second.warning).toMatchObject({ cause: { message: expect.stringContaining("telegram, memory") } });
  expect(second.warning).toMatchObject({ since: (first.warning as { since: string }).since });
  const { operation, drift } = second;
  expect({ operation, drift }).toMatchObject({ operation: { state: "succeeded" }, drift: null });
});

it("what it says of itself holds none of its secrets", async () => {
  const token = handedSecrets(id).gateway;
  expect(token).toMatch(/^\w{64}$/);
  says({ ready: false, failing: [token] });
  const { warning } = await lookedAt();
  expect(JSON.stringify(warning)).toContain("[REDACTED]");
  expect(JSON.stringify(warning)).not.toContain(token);
});

it("the warning goes when it is ready", async () => {
  says({ ready: true });
  expect((await lookedAt()).warning).toBeNull();
});

it("one that does not answer has a warning the second time", async () => {
  inside(id, "sh", "-c", "kill -STOP -1");
  try {
    expect((await lookedAt()).warning).toBeNull();
    expect((await lookedAt()).warning).toMatchObject({ cause: { code: "NO_ANSWER" } });
  } finally {
    inside(id, "sh", "-c", "kill -CONT -1");
  }
});

it("a redeploy begins without one", async () => {
  await berth.call("POST", `${id}/redeploy`, {});
  expect((await waitForStatus(berth, id, "active")).warning).toBeNull();
});

function says(answer: unknown): void {
  inside(id, "sh", "-c", `printf %s '${JSON.stringify(answer)}' > /home/node/.openclaw/readyz`);
}

async function lookedAt(): Promise<Record<string, unknown>> {
  await askAll({ ...berth.installation, log: pino({ level: "silent" }) }, silent);
  return (await berth.call("GET", `${id}/status`)).body.data ?? {};
}
