// Where Berth's plugin in a deployment's assistant answers.
import type { Address } from "../../infra/assistant/plugin-calls.ts";
import type { SecretBox } from "../secret.ts";
import type { Deployment } from "./deployments.ts";
import { recordedOutputs } from "./outputs.ts";
import { readColumn } from "./secret-columns.ts";

/** Where its assistant answers, if its stack reports one on Berth's own host. */
export function addressOf(box: SecretBox, deployment: Deployment): Address | undefined {
  const endpoint = recordedOutputs(deployment.outputs)?.endpoint;
  const gatewayToken = readColumn(box, deployment, "gateway_token")?.reveal();
  return endpoint && gatewayToken ? { endpoint, gatewayToken } : undefined;
}
