// What an assistant writes and uses can be looked at over the API, without its secrets.
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { sql as raw } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Sampler } from "../../stacks/watch/samples.ts";
import {
  ACTIVATION,
  API_KEY,
  BOT_SECRET,
  MODEL_KEY,
  startTestBerth,
  type TestBerth,
  unpreparedSlot,
  waitForStatus,
} from "../support/berth.ts";
import { docker, inside } from "../support/docker.ts";
import { handedText } from "../support/handed.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

let berth: TestBerth;
let id: string;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  berth = await startTestBerth(46, { BERTH_ASSISTANT_IMAGE: healthy });
  id = await unpreparedSlot(berth);
  await berth.call("POST", `${id}/activate`, ACTIVATION);
  await waitForStatus(berth, id, "active");
});
afterAll(() => berth.close());

describe("logs", () => {
  it("are text, the last lines first asked for, and no secret is in them", async () => {
    await says("before");
    await says(`key ${MODEL_KEY} in a line`);
    await says(await handed());
    const response = await logs("?tail=3");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const text = await response.text();
    expect(text.split("\n")).toHaveLength(4);
    expect(text).toContain('"gateway":"[REDACTED]"');
    for (const canary of [MODEL_KEY, BOT_SECRET]) expect(text).not.toContain(canary);
    expect(await (await logs("?tail=0")).text()).toBe("");
  });

  it("hold no secret that was written in two pieces", async () => {
    await says(MODEL_KEY.slice(0, 12), "-n");
    await sleep(300);
    await says(MODEL_KEY.slice(12));
    const text = await (await logs("?tail=1")).text();
    expect(text).toBe("[REDACTED]\n");
  });

  it("begin at a time that is asked for", async () => {
    await says("old");
    await sleep(2_100);
    const since = new Date(Date.now() - 1_000).toISOString();
    await says("new");
    expect(await (await logs(`?since=${since}`)).text()).toBe("new\n");
  });

  it("are followed as events until the client leaves, also through a secret in two pieces", async () => {
    const leaving = new AbortController();
    const response = await logs("?follow=true&tail=0", { Accept: "text/event-stream" }, leaving.signal);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const seen = collect(response);
    await says("first");
    await says(MODEL_KEY.slice(0, 9), "-n");
    await until(() => seen.text.includes("data: first\n\n"));
    await says(`${MODEL_KEY.slice(9)} second`);
    await until(() => seen.text.includes("second"));
    const [first, second] = [...seen.text.matchAll(/^id: (.+)$/gm)].map(([, at = ""]) => at);
    expect(seen.text).toBe(
      `: open\n\nid: ${first}\nevent: log\ndata: first\n\nid: ${second}\nevent: log\ndata: [REDACTED] second\n\n`,
    );
    for (const at of [first, second]) expect(at).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    leaving.abort();
  });

  it("are followed by a few at a time for each account, who leave room when they go", async () => {
    const leaving = new AbortController();
    const ten = await Promise.all(
      Array.from({ length: 10 }, () => logs("?follow=true&tail=0", {}, leaving.signal)),
    );
    expect(ten.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const refused = await logs("?follow=true");
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { code: "RATE_LIMITED" } });
    leaving.abort();
    await until(async () => {
      const again = new AbortController();
      const { status } = await logs("?follow=true&tail=0", {}, again.signal);
      again.abort();
      return status === 200;
    });
  });

  it("end when the container does", async () => {
    const response = await logs("?follow=true&tail=0", { Accept: "text/event-stream" });
    const seen = collect(response);
    await docker.getContainer(`berth-${id}`).restart({ t: 0 });
    await until(() => seen.text.endsWith('event: end\ndata: {"reason":"no_more"}\n\n'));
  });

  it.each(["tail=5001", "tail=-1", "tail=all", "since=yesterday", "follow=yes", "lines=1"])(
    "are not given for %s",
    async (query) => {
      expect((await logs(`?${query}`)).status).toBe(400);
    },
  );
});

it("metrics are those of its container", async () => {
  const { outputs } = (await berth.call("GET", `${id}/status`)).body.data as {
    outputs?: { endpoint: string };
  };
  // It was restarted, and has received nothing since unless somebody has asked it.
  await expect
    .poll(() =>
      fetch(`${outputs?.endpoint}/startupz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    .toBe(true);
  const { status, body } = await berth.call("GET", `${id}/metrics`);
  expect(status, JSON.stringify(body)).toBe(200);
  const data = body.data as unknown as Record<string, number>;
  expect(data.memoryLimitBytes).toBe(64 * 1024 * 1024);
  expect(data.memoryBytes).toBeGreaterThan(0);
  expect(data.memoryBytes).toBeLessThan(64 * 1024 * 1024);
  expect(data.cpuCores).toBeGreaterThanOrEqual(0);
  expect(data.cpuCores).toBeLessThanOrEqual(0.6);
  expect(data.receivedBytes).toBeGreaterThan(0);
  expect(data.sentBytes).toBeGreaterThanOrEqual(0);
  expect(data.restarts).toBe(0);
  expect(data.uptimeSeconds).toBeGreaterThanOrEqual(0);
  expect(data.uptimeSeconds).toBeLessThan(300);
});

it("the last hour of what it used is kept as it was measured, and not while it did not run", async () => {
  const { sql, settings } = berth.installation;
  const [place] = settings.places;
  if (!place) throw new Error("There is a place.");
  const sampler = new Sampler({ sql, settings }, place);
  const never = new AbortController().signal;
  const history = async () =>
    (await berth.call("GET", `${id}/metrics/history`)).body.data as unknown as {
      [name: string]: number | null;
    }[];
  // Berth's own look may have come before.
  await sql.deleteFrom("samples").execute();
  const aPlaceLater = () => sql.updateTable("samples").set({ place: raw`place - 300` }).execute();
  await sampler.sample(never);
  await aPlaceLater();
  inside(id, "sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
  await sampler.sample(never);
  const [first, second, ...more] = await history();
  expect(more).toEqual([]);
  expect(first).toMatchObject({ seconds: null, cpuCores: null, receivedBytesPerSecond: null });
  expect(first?.memoryBytes).toBeGreaterThan(0);
  expect(second?.seconds).toBeGreaterThan(0);
  expect(second?.cpuCores).toBeGreaterThan(0);
  expect(second?.cpuCores).toBeLessThanOrEqual(0.6);
  expect(second?.receivedBytesPerSecond).toBeGreaterThanOrEqual(0);
  await aPlaceLater();
  await docker.getContainer(`berth-${id}`).stop({ t: 0 });
  // Berth's own look may have come before the stop.
  const kept = await history();
  await sampler.sample(never);
  expect(await history()).toEqual(kept);
  await docker.getContainer(`berth-${id}`).start();
  await sampler.sample(never);
  expect((await history()).at(-1)).toMatchObject({ seconds: null, cpuCores: null });
});

it("without a container there is nothing to look into", async () => {
  const slot = await unpreparedSlot(berth);
  for (const what of ["logs", "metrics"]) {
    const answer = await berth.call("GET", `${slot}/${what}`);
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({
      code: "INVALID_STATE",
      message: expect.stringContaining("no container"),
    });
  }
});

/** Has the assistant's first process write a line: its output is the log's. Without its end, Docker keeps it back. */
async function says(text: string, option: "" | "-n" = ""): Promise<void> {
  const before = linesInLog();
  inside(id, "sh", "-c", `echo ${option} "$0" > /proc/1/fd/1`, text);
  if (option === "") await expect.poll(linesInLog).toBeGreaterThan(before);
}

function linesInLog(): number {
  return execFileSync("docker", ["logs", `berth-${id}`], { encoding: "utf8" }).split("\n").length;
}

async function handed(): Promise<string> {
  return handedText(id);
}

async function logs(
  query: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${berth.url}/api/v1/assistants/${id}/logs${query}`, {
    headers: { "X-API-Key": API_KEY, ...headers },
    ...(signal && { signal }),
  });
}

function collect(response: Response): { text: string } {
  const seen = { text: "" };
  const reading = async () => {
    for await (const piece of response.body ?? []) seen.text += Buffer.from(piece).toString();
  };
  reading().catch(() => {});
  return seen;
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 300_000; !(await isTrue()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error("It did not come to that.");
  }
}
