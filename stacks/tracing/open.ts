// Turns tracing on, if the settings say where spans go. Only then the SDK is loaded.
import type { Logger } from "pino";
import type { TracingSettings } from "./settings.ts";

/**
 * Starts tracing, or does nothing without settings. The returned function sends what is left, for two seconds at most.
 * @param version of Berth
 */
export async function openTracing(
  settings: TracingSettings | undefined,
  version: string,
  log: Logger,
): Promise<() => Promise<void>> {
  if (!settings) return async () => {};
  const { startSdk } = await import("./sdk.ts");
  return startSdk(settings, version, log);
}
