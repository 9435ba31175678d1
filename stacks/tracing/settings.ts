// Where spans go and which are made. api/config/tracing.ts reads it from the environment.
import type { Secret } from "../secret.ts";

export const SAMPLERS = ["always_on", "always_off", "traceidratio"] as const;

export interface TracingSettings {
  /** Where spans are posted to: the whole URL. */
  readonly url: string;
  /** Of each post; they may hold the collector's key. */
  readonly headers: Readonly<Record<string, Secret>>;
  /** What one export may take, repetitions included. */
  readonly timeoutMs: number;
  readonly compression: "none" | "gzip";
  readonly serviceName: string;
  /** Of every span, beside name and version. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly sampler: {
    readonly kind: (typeof SAMPLERS)[number];
    /** Whether a trace that a caller has begun is sampled as the caller says. */
    readonly followsCaller: boolean;
    /** Of `traceidratio`: 0 to 1. */
    readonly ratio: number;
  };
}
