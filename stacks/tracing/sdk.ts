// OpenTelemetry's SDK: spans are sent in batches in the background (OTLP over HTTP, protobuf). What can't be sent waits,
// up to a bound, and is lost then: nothing else waits for it, and nothing fails by it.
import { setTimeout as sleep } from "node:timers/promises";
import { context, ProxyTracerProvider, propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import type { Logger } from "pino";
import { LoggingExporter } from "./logging-exporter.ts";
import type { TracingSettings } from "./settings.ts";

const LAST_EXPORT_MS = 2_000;

/** Registers the SDK for this process. @returns what sends the last spans and takes that back */
export function startSdk(settings: TracingSettings, version: string, log: Logger): () => Promise<void> {
  const { url, headers, timeoutMs, compression, serviceName, resourceAttributes } = settings;
  const shown = Object.entries(headers).map(([name, value]) => [name, value.reveal()] as const);
  const exporter = new OTLPTraceExporter({
    url,
    headers: Object.fromEntries(shown),
    timeoutMillis: timeoutMs,
    // The SDK's type is an enum of these two words.
    compression: compression as never,
  });
  const named = { ...resourceAttributes, "service.name": serviceName, "service.version": version };
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(named)),
    sampler: samplerOf(settings.sampler),
    spanProcessors: [new BatchSpanProcessor(new LoggingExporter(exporter, log))],
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  return async () => {
    const sent = provider.shutdown().catch(() => {});
    await Promise.race([sent, sleep(LAST_EXPORT_MS, undefined, { ref: false })]);
    if (isRegistered(provider)) for (const api of [trace, context, propagation]) api.disable();
  };
}

/** Not so if this process had an SDK before: spans go where that one sends them. */
function isRegistered(provider: NodeTracerProvider): boolean {
  const registered = trace.getTracerProvider();
  return registered instanceof ProxyTracerProvider && registered.getDelegate() === provider;
}

function samplerOf({ kind, followsCaller, ratio }: TracingSettings["sampler"]): Sampler {
  const samplers = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const root = samplers[kind]();
  return followsCaller ? new ParentBasedSampler({ root }) : root;
}
