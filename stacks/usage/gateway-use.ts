// Which assistants ask their models through the gateway.
import type { Deployment } from "../deployments/deployments.ts";
import type { StackSettings } from "../settings.ts";

export type WithGateway = Pick<StackSettings, "modelGateway">;

export function usesGateway(
  { modelGateway }: WithGateway,
  { api_mode }: Pick<Deployment, "api_mode">,
): boolean {
  return modelGateway !== undefined && (api_mode !== "byok" || modelGateway.byok);
}
