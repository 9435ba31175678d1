// OpenTelemetry's settings as an operator gives them, and who gets to see them.
import { expect, it } from "vitest";
import { readConfig } from "../../../api/config/config.ts";

const KEY = "canary-0123456789";
const ON = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/" };

function tracingOf(environment: Record<string, string>) {
  return readConfig(environment).tracing;
}

it("tracing is off unless an endpoint is set, and can be disabled", () => {
  expect(tracingOf({})).toBeUndefined();
  expect(tracingOf({ OTEL_SERVICE_NAME: "mine" })).toBeUndefined();
  expect(tracingOf({ ...ON, OTEL_SDK_DISABLED: "true" })).toBeUndefined();
  expect(tracingOf(ON)).toEqual({
    url: "http://127.0.0.1:4318/v1/traces",
    headers: {},
    timeoutMs: 10_000,
    compression: "none",
    serviceName: "berth",
    resourceAttributes: {},
    sampler: { kind: "always_on", followsCaller: true, ratio: 1 },
  });
});

it("the standard's settings are honoured", () => {
  const settings = tracingOf({
    ...ON,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${KEY}, x-tenant = a=b`,
    OTEL_EXPORTER_OTLP_TIMEOUT: "500",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=other,deployment.environment.name=a%2Cb",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
  });
  expect(settings).toMatchObject({
    timeoutMs: 500,
    compression: "gzip",
    serviceName: "other",
    resourceAttributes: { "deployment.environment.name": "a,b" },
    sampler: { kind: "traceidratio", followsCaller: true, ratio: 0.25 },
  });
  expect(settings?.headers.authorization?.reveal()).toBe(`Bearer ${KEY}`);
  expect(settings?.headers["x-tenant"]?.reveal()).toBe("a=b");
  expect(JSON.stringify(settings)).not.toContain(KEY);
  expect(tracingOf({ ...ON, OTEL_SERVICE_NAME: "mine" })?.serviceName).toBe("mine");
});

it("a wrong one stops the start, and no mistake quotes a header", () => {
  const wrong = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_EXPORTER_OTLP_HEADERS: `${KEY}`,
    OTEL_TRACES_SAMPLER: "jaeger_remote",
    OTEL_TRACES_SAMPLER_ARG: "2",
  };
  let message = "";
  try {
    readConfig(wrong);
  } catch (error) {
    message = String(error);
  }
  expect(Object.keys(wrong).filter((name) => !message.includes(`${name}:`))).toEqual([]);
  expect(message).not.toContain(KEY);
  expect(() => readConfig({ OTEL_EXPORTER_OTLP_HEADERS: "a=%zz" })).toThrow("OTEL_EXPORTER_OTLP_HEADERS");
});

it("no child process inherits the collector or its key: Docker and pulumi would send it traces of their own", () => {
  const { environment } = readConfig({
    ...ON,
    HOME: "/root",
    OTEL_EXPORTER_OTLP_HEADERS: `a=${KEY}`,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318",
  });
  expect(Object.keys(environment).toSorted()).toEqual(["HOME", "PULUMI_HOME"]);
});
