// OpenTelemetry's own settings, as far as Berth acts on them: where spans go, and under which name.
import { z } from "zod";
import { Secret } from "../../stacks/secret.ts";
import { SAMPLERS, type TracingSettings } from "../../stacks/tracing/settings.ts";
import { baseUrl } from "./forms.ts";

const SAMPLER = new RegExp(`^(parentbased_)?(${SAMPLERS.join("|")})$`);

/** Part of the environment: see config.ts. */
export const tracingEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: baseUrl.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal("http/protobuf").default("http/protobuf"),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().transform(pairs).default({}),
  OTEL_EXPORTER_OTLP_TIMEOUT: z.coerce.number().int().min(1).max(600_000).default(10_000),
  OTEL_EXPORTER_OTLP_COMPRESSION: z.enum(["none", "gzip"]).default("none"),
  OTEL_SERVICE_NAME: z.string().min(1).optional(),
  OTEL_RESOURCE_ATTRIBUTES: z.string().transform(pairs).default({}),
  OTEL_TRACES_SAMPLER: z
    .string()
    .regex(SAMPLER, `must be ${SAMPLERS.join(", ")}, or one of them after parentbased_`)
    .default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_SDK_DISABLED: z.string().default("false"),
};

type Read = z.infer<z.ZodObject<typeof tracingEnvironment>>;

/** Undefined: no tracing. */
export function tracingSettings(read: Read): TracingSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER: sampler } = read;
  if (!endpoint || read.OTEL_SDK_DISABLED.toLowerCase() === "true") return undefined;
  const { "service.name": named = "berth", ...resourceAttributes } = read.OTEL_RESOURCE_ATTRIBUTES;
  const headers = Object.entries(read.OTEL_EXPORTER_OTLP_HEADERS);
  return {
    url: `${endpoint}/v1/traces`,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, new Secret(value)])),
    timeoutMs: read.OTEL_EXPORTER_OTLP_TIMEOUT,
    compression: read.OTEL_EXPORTER_OTLP_COMPRESSION,
    serviceName: read.OTEL_SERVICE_NAME ?? named,
    resourceAttributes,
    sampler: {
      kind: SAMPLERS.find((name) => sampler.endsWith(name)) ?? "always_on",
      followsCaller: sampler.startsWith("parentbased_"),
      ratio: read.OTEL_TRACES_SAMPLER_ARG,
    },
  };
}

/** `name=value`, comma-separated, values percent-encoded. The mistake never quotes them: they may hold a key. */
function pairs(text: string, context: z.RefinementCtx): Record<string, string> {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  const read = entries.map((entry) => /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(entry));
  try {
    return Object.fromEntries(read.map((found) => [found?.[1] ?? "", decodeURIComponent(found?.[2] ?? "%")]));
  } catch {
    context.addIssue("must be name=value, comma-separated, with percent-encoded values");
    return z.NEVER;
  }
}
