import type { Config } from "../config/config.ts";
import { callServer } from "./running-server.ts";

const GATEWAY = "/api/v1/model-gateway";

interface Stop {
  readonly provider: string;
  readonly since: string;
}

/** `gateway`: prints what is stopped. */
export async function showStops(config: Config): Promise<void> {
  print(await callServer<Stop[]>(config, "GET", `${GATEWAY}/stops`));
}

/** `gateway stop` and `gateway resume`, of one provider or of all. */
export async function switchModels(
  config: Config,
  action: "stop" | "resume",
  provider = "all",
): Promise<void> {
  print(await callServer<Stop[]>(config, "POST", `${GATEWAY}/${action}`, { provider }));
}

function print(stops: readonly Stop[]): void {
  if (stops.length === 0) console.log("Assistants may ask all providers.");
  for (const { provider, since } of stops)
    console.log(`Stopped since ${since}: ${provider === "all" ? "all providers" : provider}.`);
}
