// What a Docker engine says of itself and of its host.
import type { Host } from "../found.ts";
import { callEngine } from "./client.ts";

interface Info {
  readonly Name: string;
  readonly ServerVersion: string;
  readonly OperatingSystem: string;
  readonly NCPU: number;
  readonly MemTotal: number;
}

/** @throws Error when the engine does not answer */
export async function readHost(): Promise<Host> {
  const info = await callEngine<Info>({ method: "GET", path: "/info" });
  return {
    name: info.Name,
    engine: `Docker ${info.ServerVersion}`,
    operatingSystem: info.OperatingSystem,
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
  };
}
