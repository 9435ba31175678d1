// By what a rehearsal counts for a later start, too: all on which operations stand, in one hash.
import { createHash } from "node:crypto";
import type { RehearsalParts } from "./rehearse.ts";

/** The same while version, settings, Pulumi and user of the process are. */
export function fingerprintOf({
  settings,
  pulumi,
  keptPlugins,
  environment,
  version,
}: RehearsalParts): string {
  const { target, places, assistantImage, dataDir, backendUrl, portRange, subnetPool } = settings;
  const { memoryMib, cpus, runtime, hostRules } = settings;
  const given = { target, places, assistantImage, dataDir, backendUrl, portRange, subnetPool };
  const limits = { memoryMib, cpus, runtime, hostRules };
  const host = { node: process.execPath, user: process.getuid?.(), engine: environment.DOCKER_HOST };
  return createHash("sha256")
    .update(JSON.stringify({ version, given, limits, pulumi, keptPlugins, host }))
    .digest("hex");
}
