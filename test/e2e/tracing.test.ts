// One trace of a whole activate on real Docker, sent to a fake collector that speaks real OTLP over HTTP, on loopback.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ACTIVATION,
  API_KEY,
  BOT_SECRET,
  MODEL_KEY,
  paidSlot,
  startTestBerth,
  type TestBerth,
  waitForStatus,
} from "../support/berth.ts";
import { type CollectedSpan, type Collector, startCollector } from "../support/collector.ts";
import { RECEIVER_HOST, type Receiver, startReceiver, TestAuthority } from "../support/receiver.ts";
import { ensureTinyImages } from "../support/tiny-image.ts";

/** The SDK takes a span's start in whole milliseconds, and its end from there. */
const START_IS_FLOORED_NS = 1_000_000n;
const COLLECTOR_KEY = "collector-canary-0123456789";
const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const traceId = randomBytes(16).toString("hex");
const callerSpan = randomBytes(8).toString("hex");

const authority = new TestAuthority();
const distrust = authority.trust();
let receiver: Receiver;
let collector: Collector;
let berth: TestBerth;
let id: string;
let callbackUrl: string;
beforeAll(async () => {
  const { healthy } = await ensureTinyImages();
  receiver = await startReceiver(authority.issue(RECEIVER_HOST));
  collector = await startCollector();
  berth = await startTestBerth(83, {
    BERTH_ASSISTANT_IMAGE: healthy,
    BERTH_CALLBACK_RESOLVE: receiver.pin,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${COLLECTOR_KEY}`,
    OTEL_SERVICE_NAME: "berth-test",
  });
  id = await paidSlot(berth);
  callbackUrl = receiver.endpoint().url;
});
afterAll(async () => {
  await berth?.close();
  await collector?.close();
  await receiver?.close();
  distrust();
  authority.remove();
});

const inTrace = () => collector.spans.filter((span) => span.traceId === traceId);

/** `kind name < kind name < …`, from a span up to the caller. */
function wayUp(span: CollectedSpan): string {
  const above = inTrace().find(({ spanId }) => spanId === span.parentId);
  const end = span.parentId === callerSpan ? "caller" : "nobody";
  return `${KINDS[span.kind]} ${span.name} < ${above ? wayUp(above) : end}`;
}

const CALL = "server POST /api/v1/assistants/:id/activate < caller";
const OPERATION = `consumer operation activate < producer queue activate < ${CALL}`;

it("a whole activate is one trace at a fake collector that speaks OTLP: call, queue, child process, Pulumi's steps, callback", async () => {
  const headers = { traceparent: `00-${traceId}-${callerSpan}-01` };
  const accepted = await berth.call("POST", `${id}/activate`, { ...ACTIVATION, callbackUrl }, headers);
  expect(accepted.status).toBe(202);
  await waitForStatus(berth, id, "active");
  const isOurs = (name: string) => (span: CollectedSpan) => span.traceId === traceId && span.name === name;
  await collector.until(isOurs("callback"));
  await collector.until(isOurs("operation activate"));
  await collector.until(isOurs("POST /api/v1/assistants/:id/activate"));
  const ways = inTrace().map(wayUp);
  expect(ways.filter((way) => !way.includes("internal pulumi ")).toSorted()).toEqual(
    [
      CALL,
      `producer queue activate < ${CALL}`,
      OPERATION,
      `internal resolve image < ${OPERATION}`,
      `internal child process < ${OPERATION}`,
      `internal settle < ${OPERATION}`,
      `client callback < internal settle < ${OPERATION}`,
    ].toSorted(),
  );
  const step = `< internal child process < ${OPERATION}`;
  for (const made of ["create Command settings", "create Container assistant", "create Command readiness"])
    expect(ways.filter((way) => way.startsWith(`internal pulumi ${made}`) && way.endsWith(step))).not.toEqual(
      [],
    );
  expect(ways.filter((way) => way.includes("internal pulumi ") && !way.endsWith(step))).toEqual([]);
});

it("each resource operation of the operation's own log is a span, and no span but the callback's is outside of its parent's time", async () => {
  const { sql } = berth.installation;
  const log = await sql
    .selectFrom("operation_events")
    .innerJoin("operations", "operations.id", "operation_events.operation_id")
    .select("event")
    .where("deployment_id", "=", id)
    .where("kind", "=", "activate")
    .execute();
  const events = log.map(({ event }) => (typeof event === "string" ? JSON.parse(event) : event));
  const done = events.filter(({ kind, step }) => kind === "resource" && step === "done");
  const steps = inTrace().filter(({ name }) => name.startsWith("pulumi "));
  expect(done.length).toBeGreaterThan(2);
  expect(steps.map(({ name }) => name).toSorted()).toEqual(
    done.map(({ op, resource }) => `pulumi ${op} ${resource}`).toSorted(),
  );
  const byId = new Map(inTrace().map((span) => [span.spanId, span]));
  const odd = inTrace().filter((span) => {
    const above = byId.get(span.parentId);
    if (!above || span.name === "callback" || span.name.startsWith("operation ")) return false;
    return span.startNs < above.startNs || span.endNs > above.endNs + START_IS_FLOORED_NS;
  });
  expect(odd.map(({ name }) => name)).toEqual([]);
});

it("spans name deployment, operation and process, and nothing that was sent", async () => {
  const named = (name: string) => inTrace().find((span) => span.name === name);
  expect(named("operation activate")).toMatchObject({
    isFailed: false,
    attributes: {
      "berth.deployment.id": id,
      "berth.operation.state": "succeeded",
      "berth.operation.attempt": 1,
    },
    resource: { "service.name": "berth-test", "service.version": expect.any(String) },
  });
  expect(named("POST /api/v1/assistants/:id/activate")?.attributes).toMatchObject({
    "berth.deployment.id": id,
    "http.response.status_code": 202,
  });
  expect(named("child process")?.attributes["process.pid"]).toBeGreaterThan(1);
  expect(collector.headers[0]).toMatchObject({ "x-collector-key": COLLECTOR_KEY });
  const canaries = [
    API_KEY,
    BOT_SECRET,
    MODEL_KEY,
    COLLECTOR_KEY,
    ACTIVATION.name,
    callbackUrl,
    RECEIVER_HOST,
    "canary",
  ];
  const told = canaries.filter((canary) => collector.bodies.some((body) => body.includes(canary)));
  expect(told).toEqual([]);
});

it("no child process has the collector or its key in its environment", async () => {
  const pid = Number(inTrace().find(({ name }) => name === "child process")?.attributes["process.pid"]);
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  expect(environment.filter((entry) => entry.startsWith("PULUMI_BACKEND_URL="))).toHaveLength(1);
  expect(environment.filter((entry) => entry.includes("OTEL_") || entry.includes(COLLECTOR_KEY))).toEqual([]);
});

it("what nobody has called for begins a trace of its own: the preparation of a paid slot", () => {
  const prepared = collector.spans.find(({ name }) => name === "operation prepare");
  const above = collector.spans.find(({ spanId }) => spanId === prepared?.parentId);
  expect(above).toMatchObject({ name: "queue prepare", traceId: prepared?.traceId });
  expect(prepared?.traceId).not.toBe(traceId);
});

it("a collector that is gone fails no operation and holds up no end", async () => {
  await collector.close();
  await berth.call("POST", `${id}/stop`);
  await waitForStatus(berth, id, "stopped");
  await berth.call("DELETE", id);
  await waitForStatus(berth, id, "deleted");
});
