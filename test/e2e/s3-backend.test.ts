// A life with the stacks' state in a bucket, kept by moto's server: that it is Amazon's is the one thing not proven.
import { afterAll, beforeAll, expect } from "vitest";
import {
  ACTIVATION,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { labelled, NOTHING } from "../support/docker.ts";
import { itAtLength } from "../support/matrix.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

const BUCKET = "berth-state";

let moto: Moto;
let berth: TestBerth;
beforeAll(async () => {
  moto = await startMoto();
  await fetch(`${moto.url}/${BUCKET}`, { method: "PUT" });
  const { host } = new URL(moto.url);
  berth = await startTestBerth(59, {
    ...moto.environment,
    PULUMI_BACKEND_URL: `s3://${BUCKET}?endpoint=${host}&disable_https=true&use_path_style=true&region=eu-central-1`,
    BERTH_ASSISTANT_IMAGE: (await ensureTinyImages()).healthy,
  });
});
afterAll(async () => {
  await berth?.close();
  await moto?.stop();
});

itAtLength(
  "an assistant is activated, stopped and deleted, and nothing of it is left in the bucket",
  async () => {
    const id = await unpreparedSlot(berth);
    await berth.call("POST", `${id}/activate`, ACTIVATION);
    await waitForStatus(berth, id, "active");
    expect(await listing()).toContain(id);
    await berth.call("POST", `${id}/stop`);
    await waitForStatus(berth, id, "stopped");
    await berth.call("DELETE", id);
    await waitForStatus(berth, id, "deleted");
    expect(await labelled(id)).toEqual(NOTHING);
    expect(await listing()).not.toContain(id);
  },
);

/** The bucket's objects, as S3 lists them. */
async function listing(): Promise<string> {
  const answer = await fetch(`${moto.url}/${BUCKET}?list-type=2`);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return text;
}
