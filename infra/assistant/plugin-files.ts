// The files of Berth's plugin for OpenClaw, as they are put into an assistant's container.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const FOLDER = new URL("plugin/", import.meta.url);
const NAMES = [
  "package.json",
  "openclaw.plugin.json",
  "index.mjs",
  "conversation.mjs",
  "limit-text.mjs",
  "pairing-text.mjs",
] as const;

export interface PluginFile {
  readonly name: string;
  readonly text: string;
}

export function pluginFiles(): PluginFile[] {
  return NAMES.map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), "utf8") }));
}

/** Another text for each version of the plugin: a container that has loaded another one is replaced. */
export function pluginVersion(): string {
  return createHash("sha256").update(JSON.stringify(pluginFiles())).digest("hex").slice(0, 16);
}
