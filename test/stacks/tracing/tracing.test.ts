// What is traced, sent by the real SDK to a fake collector that speaks real OTLP over HTTP; and that nothing is without it.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../../stacks/secret.ts";
import { describeAnswer, tracedCallback } from "../../../stacks/tracing/callback.ts";
import { ChildProcessSpan } from "../../../stacks/tracing/child-process.ts";
import { openTracing } from "../../../stacks/tracing/open.ts";
import { describeAttempt, describeEnding, tracedJob, tracedSend } from "../../../stacks/tracing/operation.ts";
import type { TracingSettings } from "../../../stacks/tracing/settings.ts";
import { inSpan, type TraceContext, traceContext } from "../../../stacks/tracing/spans.ts";
import { type Collector, startCollector } from "../../support/collector.ts";
import { ownTime } from "../../support/own-time.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CALLER = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "vendor=1",
};
const OPERATION = { id: "op", deployment_id: "dep", kind: "activate", attempt: 1 };
const SECRET = "key-canary-0123456789";

const lines: string[] = [];
const log = {
  warn: (_: unknown, line: string) => lines.push(line),
  info: (line: string) => lines.push(line),
} as unknown as Logger;

let collector: Collector | undefined;
let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  await collector?.close();
  stop = undefined;
  lines.length = 0;
});

function settingsFor(url: string, changes: Partial<TracingSettings> = {}): TracingSettings {
  return {
    url: `${url}/v1/traces`,
    headers: { "x-collector-key": new Secret(SECRET) },
    timeoutMs: 60_000,
    compression: "none",
    serviceName: "berth",
    resourceAttributes: { "deployment.environment.name": "test" },
    sampler: { kind: "always_on", followsCaller: true, ratio: 1 },
    ...changes,
  };
}

async function traced(changes: Partial<TracingSettings> = {}): Promise<Collector> {
  collector = await startCollector();
  stop = await openTracing(settingsFor(collector.url, changes), "1.2.3", log);
  return collector;
}

/** What the collector has once everything was sent. */
async function sent({ spans }: Collector) {
  await stop?.();
  stop = undefined;
  return Object.fromEntries(spans.map((span) => [span.name, span]));
}

describe("without settings", () => {
  it("nothing of the SDK is loaded by a whole server's code, and nothing is carried", () => {
    const program = `
      await import("./api/server.ts");
      const { openTracing } = await import("./stacks/tracing/open.ts");
      const { inSpan, traceContext } = await import("./stacks/tracing/spans.ts");
      await openTracing(undefined, "1.2.3", console);
      const carried = await inSpan("a", {}, async () => traceContext());
      const { createRequire } = await import("node:module");
      const loaded = Object.keys(createRequire("/")("module")._cache).filter((name) => name.includes("@opentelemetry/"));
      console.log(JSON.stringify([carried, [...new Set(loaded.map((name) => name.split("/@opentelemetry/")[1].split("/")[0]))]]));`;
    const written = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(JSON.parse(written)).toEqual([{}, ["api"]]);
  });
  it("what is done in a span is done, and what it throws is thrown", async () => {
    expect(await inSpan("a", {}, async () => 1)).toBe(1);
    await expect(inSpan("a", {}, () => Promise.reject(new TypeError("no")))).rejects.toThrow("no");
  });
});

describe("to a fake collector that speaks OTLP", () => {
  it("an operation goes on with the caller's trace, over the queue's record", async () => {
    const to = await traced();
    let job: TraceContext = {};
    await inSpan("call", { kind: "SERVER", from: CALLER }, () =>
      tracedSend(OPERATION, async (carried) => {
        job = JSON.parse(JSON.stringify(carried));
      }),
    );
    await tracedJob(job, async () => {
      describeAttempt(OPERATION);
      describeEnding({ state: "succeeded" });
    });
    const { call, "queue activate": queued, "operation activate": operation } = await sent(to);
    expect(call).toMatchObject({
      traceId: CALLER.traceparent.slice(3, 35),
      parentId: "b7ad6b7169203331",
      kind: 2,
    });
    expect(job).toMatchObject({ tracestate: "vendor=1" });
    expect(queued).toMatchObject({ traceId: call?.traceId, parentId: call?.spanId, kind: 4 });
    expect(operation).toMatchObject({
      traceId: call?.traceId,
      parentId: queued?.spanId,
      kind: 5,
      isFailed: false,
    });
    expect(operation?.attributes).toMatchObject({
      "berth.operation.id": "op",
      "berth.deployment.id": "dep",
      "berth.operation.attempt": 1,
      "berth.operation.state": "succeeded",
    });
    expect(operation?.resource).toMatchObject({
      "service.name": "berth",
      "service.version": "1.2.3",
      "deployment.environment.name": "test",
    });
    expect(to.headers[0]).toMatchObject({ "x-collector-key": SECRET });
  });
  it("a job from before there was tracing begins a trace of its own", async () => {
    const to = await traced({ compression: "gzip" });
    await inSpan("other", {}, () => tracedJob(undefined, async () => {}));
    const { operation, other } = await sent(to);
    expect(operation?.parentId).toBe("");
    expect(operation?.traceId).not.toBe(other?.traceId);
  });
  it("of an error its code is kept, never its message", async () => {
    const to = await traced();
    const refused = Object.assign(new Error(`401 for ${SECRET}`), { code: "UNAUTHORIZED" });
    await expect(inSpan("a", {}, () => Promise.reject(refused))).rejects.toBe(refused);
    await tracedJob({}, async () => {
      const outcome = { state: "interrupted", why: `killed with ${SECRET}` };
      describeEnding(outcome);
    });
    const { a, operation } = await sent(to);
    expect(a).toMatchObject({ isFailed: true, attributes: { "error.type": "UNAUTHORIZED" } });
    expect(operation).toMatchObject({
      isFailed: true,
      attributes: { "berth.operation.state": "interrupted" },
    });
    expect(to.bodies.length).toBeGreaterThan(0);
    expect(to.bodies.filter((body) => body.includes(SECRET))).toEqual([]);
  });
  it("each resource operation of Pulumi is a span of the child process, one that never ended included", async () => {
    const to = await traced();
    const step = (step: "started" | "done" | "failed", resource: string) =>
      ({ kind: "resource", step, op: "create", resource }) as const;
    await inSpan("operation", {}, async () => {
      const child = new ChildProcessSpan(42);
      for (const name of ["Network", "Volume", "Container"]) child.see(step("started", name));
      child.see({ kind: "diagnostic" });
      child.see(step("done", "Network"));
      child.see(step("failed", "Volume"));
      child.see({ kind: "summary", changes: { create: 1 } });
      child.end({ state: "failed", cause: { code: "PORT_TAKEN" } });
    });
    const spans = await sent(to);
    const { operation, "child process": child } = spans;
    expect(child).toMatchObject({
      parentId: operation?.spanId,
      isFailed: true,
      attributes: { "process.pid": 42, "pulumi.changes.create": 1, "error.type": "PORT_TAKEN" },
    });
    const failures = { Network: undefined, Volume: "RESOURCE_FAILED", Container: "PORT_TAKEN" };
    for (const [resource, failure] of Object.entries(failures)) {
      const found = spans[`pulumi create ${resource}`];
      expect(found).toMatchObject({ parentId: child?.spanId, isFailed: failure !== undefined });
      expect(found?.attributes["error.type"]).toBe(failure);
    }
  });
  it("an attempt to deliver a callback goes on from the callback's record, and says what was answered", async () => {
    const to = await traced();
    const recorded = await inSpan("settle", {}, async () => traceContext());
    for (const [type, status] of Object.entries({ delivered: 204, refused: 500, unanswered: undefined }))
      await tracedCallback({ id: "c", type, attempt: 1, trace: recorded }, async () =>
        describeAnswer(status),
      );
    await tracedCallback({ id: "c", type: "old", attempt: 1, trace: null }, async () => {});
    const { settle } = await sent(to);
    const ofType = (type: string) =>
      to.spans.find(({ attributes }) => attributes["berth.callback.type"] === type);
    const parent = { traceId: settle?.traceId, parentId: settle?.spanId, kind: 3 };
    expect(ofType("delivered")).toMatchObject({ ...parent, isFailed: false });
    expect(ofType("delivered")?.attributes).toMatchObject({ "http.response.status_code": 204 });
    expect(ofType("refused")).toMatchObject({
      ...parent,
      isFailed: true,
      attributes: { "error.type": "500" },
    });
    expect(ofType("unanswered")).toMatchObject({ ...parent, isFailed: true });
    expect(ofType("unanswered")?.attributes).not.toHaveProperty("http.response.status_code");
    expect(ofType("old")?.parentId).toBe("");
  });
  it("what a caller doesn't sample is not sent, but for a sampler that does not follow the caller", async () => {
    const unsampled = { traceparent: CALLER.traceparent.replace(/1$/, "0") };
    const to = await traced();
    await inSpan("left out", { from: unsampled }, async () => {});
    expect(await sent(to)).toEqual({});
    const other = await traced({ sampler: { kind: "always_on", followsCaller: false, ratio: 1 } });
    await inSpan("kept", { from: unsampled }, async () => {});
    expect(Object.keys(await sent(other))).toEqual(["kept"]);
    await traced({ sampler: { kind: "traceidratio", followsCaller: false, ratio: 0 } });
    expect(await inSpan("none", {}, async () => traceContext())).toMatchObject({
      traceparent: expect.stringMatching(/-00$/),
    });
  });
});

it("a dead collector is logged once, fails nothing and holds nothing up", async () => {
  const dead = await startCollector();
  await dead.close();
  stop = await openTracing(settingsFor(dead.url, { timeoutMs: 100 }), "1.2.3", log);
  const { trace } = await import("@opentelemetry/api");
  const flush = () =>
    (trace.getTracerProvider() as unknown as { getDelegate(): { forceFlush(): Promise<void> } })
      .getDelegate()
      .forceFlush();
  for (const name of ["a", "b"]) {
    expect(await inSpan(name, {}, async () => name)).toBe(name);
    await expect(flush()).rejects.toThrow();
  }
  const ownMs = ownTime();
  await inSpan("c", {}, async () => {});
  await stop();
  expect(ownMs()).toBeLessThan(5_000);
  expect(lines).toEqual(["traces can't be sent; they are dropped until they can be"]);
});

it("a collector that holds the connection and never answers does not hold up the end", async () => {
  const { createServer } = await import("node:net");
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  stop = await openTracing(settingsFor(`http://127.0.0.1:${port}`, { timeoutMs: 60_000 }), "1.2.3", log);
  await inSpan("a", {}, async () => {});
  const ownMs = ownTime();
  await stop();
  stop = undefined;
  expect(ownMs()).toBeLessThan(5_000);
  server.close();
});
