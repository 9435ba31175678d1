// Where Berth's plugin in a deployment's assistant answers.
import type { Address } from "../../infra/assistant/plugin-calls.ts";
import type { SecretBox } from "../secret.ts";
import type { Deployment } from "./deployments.ts";
import { recordedOutputs } from "./outputs.ts";
import { type Regional, targetOf } from "./regions.ts";
import { readColumn } from "./secret-columns.ts";

/** Where its assistant answers, if its stack reports that there is one, and its target has a way to it. */
export async function addressOf(
  settings: Regional,
  box: SecretBox,
  deployment: Deployment,
): Promise<Address | undefined> {
  const outputs = recordedOutputs(deployment.outputs);
  const gatewayToken = readColumn(box, deployment, "gateway_token")?.reveal();
  if (!outputs || !gatewayToken) return undefined;
  const { endpoint, replicas } = outputs;
  if (endpoint) return { endpoint, gatewayToken };
  const way = replicas === 1 ? (await targetOf(settings, deployment)).wayTo?.(deployment.id) : undefined;
  return way && { ...way, gatewayToken };
}
