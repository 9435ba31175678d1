// Which assistants ask their models through the gateway, and how they reach it.
import type { Deployment } from "../deployments/deployments.ts";
import type { GatewayReach, StackSettings } from "../settings.ts";

export type WithGateway = Pick<StackSettings, "modelGateway">;
export type GatewayUser = Pick<Deployment, "api_mode" | "target">;

/** Undefined for one that asks its models itself. */
export function gatewayReach(
  { modelGateway }: WithGateway,
  { api_mode, target }: GatewayUser,
): GatewayReach | undefined {
  if (!modelGateway || (api_mode === "byok" && !modelGateway.byok)) return undefined;
  const own = modelGateway.otherwise?.[target ?? ""];
  return own === null ? undefined : (own ?? modelGateway.reach);
}

export function usesGateway(settings: WithGateway, user: GatewayUser): boolean {
  return gatewayReach(settings, user) !== undefined;
}
