// Which plugins a process keeps for the operations that it runs, as arguments of that process.
import type { Plugin } from "../plugins.ts";

/** Those of which there is a stand-in, and one that takes half a second to start. Others may be too large to be kept. */
const KEPT: readonly string[] = ["docker", "command", "kubernetes"];

/** `docker` for a stand-in, `docker=/path/of/the/plugin` for an official one. */
export function keptPlugins(plugins: readonly Pick<Plugin, "name" | "origin" | "path">[]): string[] {
  return plugins.flatMap(({ name, origin, path }) => {
    if (!KEPT.includes(name)) return [];
    return origin === "stand-in" ? [name] : [`${name}=${path}`];
  });
}
