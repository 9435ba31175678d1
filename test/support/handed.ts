// What Berth has handed to a running assistant, as the assistant reads it.
import { inside } from "./docker.ts";

export interface HandedSecrets {
  readonly gateway: string;
  readonly telegram: string;
  readonly models: Readonly<Record<string, string>>;
}

/** Those of the file that its openclaw.json names. */
export function handedSecrets(deploymentId: string): HandedSecrets {
  return JSON.parse(handedText(deploymentId)) as HandedSecrets;
}

export function handedText(deploymentId: string): string {
  const settings = JSON.parse(inside(deploymentId, "cat", "/home/node/.openclaw/openclaw.json"));
  return inside(deploymentId, "cat", settings.secrets.providers.berth.path);
}
