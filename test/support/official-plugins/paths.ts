// Plugins that Berth takes for official ones, as programs on PATH: it is shown with them what it does with those.
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("./bin", import.meta.url));

/** PATH on which they come before the stand-ins. */
export function withOfficialPlugins(path = process.env.PATH ?? ""): string {
  return [BIN, path].join(delimiter);
}

export function officialPlugin(name: "docker" | "command"): string {
  return `${BIN}/pulumi-resource-${name}`;
}
