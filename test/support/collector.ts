// A collector of OpenTelemetry on loopback: it takes OTLP over HTTP in protobuf, as a real one does, and keeps the spans.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { fieldsOf, type Message } from "./protobuf.ts";

const WAIT_MS = 180_000;

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isFailed: boolean;
  /** Of the process that has made it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface Collector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** Every body, as it came. */
  readonly bodies: Buffer[];
  readonly headers: Record<string, unknown>[];
  /** Resolves to the span once it has come. */
  until(isWanted: (span: CollectedSpan) => boolean): Promise<CollectedSpan>;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const bodies: Buffer[] = [];
  const headers: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const sent = Buffer.concat(await request.toArray());
    const isOtlp = request.headers["content-type"] === "application/x-protobuf";
    if (request.method !== "POST" || request.url !== "/v1/traces" || !isOtlp)
      return response.writeHead(400).end();
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    bodies.push(body);
    headers.push(request.headers);
    spans.push(...readSpans(body));
    // An empty ExportTraceServiceResponse: all was taken.
    response.writeHead(200, { "Content-Type": "application/x-protobuf" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    headers,
    async until(isWanted) {
      for (const deadline = Date.now() + WAIT_MS; ; await sleep(20)) {
        const found = spans.find(isWanted);
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`Only these came: ${spans.map(({ name }) => name)}`);
      }
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** ExportTraceServiceRequest → ResourceSpans → ScopeSpans → Span. */
function readSpans(body: Buffer): CollectedSpan[] {
  return fieldsOf(body)
    .messages(1)
    .flatMap((resourceSpans) => {
      const resource = Object.assign({}, ...resourceSpans.messages(1).map((found) => attributesOf(found, 1)));
      const scopes = resourceSpans.messages(2);
      return scopes.flatMap((scope) => scope.messages(2).map((span) => readSpan(span, resource)));
    });
}

function readSpan(span: Message, resource: Record<string, unknown>): CollectedSpan {
  return {
    traceId: span.bytes(1).toString("hex"),
    spanId: span.bytes(2).toString("hex"),
    parentId: span.bytes(4).toString("hex"),
    name: span.bytes(5).toString("utf8"),
    kind: Number(span.number(6)),
    startNs: span.number(7),
    endNs: span.number(8),
    attributes: attributesOf(span, 9),
    isFailed: span.messages(15).some((status) => status.number(3) === 2n),
    resource,
  };
}

function attributesOf(message: Message, field: number): Record<string, unknown> {
  const pairs = message.messages(field).map((pair) => {
    const [value] = pair.messages(2);
    const name = pair.bytes(1).toString("utf8");
    return [name, value?.has(1) ? value.bytes(1).toString("utf8") : Number(value?.number(3))] as const;
  });
  return Object.fromEntries(pairs);
}
