// Has a fresh plugin of Kubernetes read what the cluster's API looks like, ahead of its operation: that takes half a second.
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import type { PluginProcess } from "./plugin-process.ts";
import { askPlugin } from "./unary-calls.ts";

/** Has no object: nobody names one so. */
const NOBODY = "berth-none";
const URN = `urn:pulumi:${NOBODY}::berth::kubernetes:core/v1:ServiceAccount::${NOBODY}`;
const WITHIN_MS = 5_000;

/**
 * @param configured what an engine has told the one before
 * @throws Error when it has not reached the cluster: it would never say again that it does
 */
export async function warmKubernetes(plugin: PluginProcess, configured: Buffer): Promise<void> {
  await askPlugin(plugin, "configure", configured, WITHIN_MS);
  const variables = provider.ConfigureRequest.deserializeBinary(configured).getVariablesMap();
  const asked = new provider.ReadRequest();
  asked.setId(`${variables.get("kubernetes:config:namespace")}/${NOBODY}`);
  asked.setUrn(URN);
  // It says nothing of a cluster out of reach until it is asked for something there.
  await askPlugin(plugin, "read", Buffer.from(asked.serializeBinary()), WITHIN_MS);
}
