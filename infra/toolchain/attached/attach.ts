// Plugins that a process keeps for the operations that it runs, one after the other: an engine that attaches to them has no
// plugin to start. Stand-ins are served by the process itself, official plugins are programs that it keeps running.
import { commandProvider } from "../stand-ins/command-provider.ts";
import { dockerProvider } from "../stand-ins/docker-provider.ts";
import { providerService } from "../stand-ins/provider.ts";
import { listen } from "../stand-ins/serve.ts";
import { PluginProcess } from "./plugin-process.ts";
import { sharedPlugin } from "./shared-plugin.ts";

const PROVIDERS = { docker: dockerProvider, command: commandProvider };
type Kept = keyof typeof PROVIDERS;

/**
 * Serves those that kept.ts names until this process ends, and returns the engine's variable that says where: `docker:4711,command:4712`. One that
 * does not start is left to the engine.
 */
export async function attachPlugins(kept: readonly string[]): Promise<string> {
  const attached = await Promise.all(kept.map(attach));
  return attached.flat().join(",");
}

async function attach(kept: string): Promise<string[]> {
  const [name = "", path] = kept.split(/=(.*)/s);
  if (!isKept(name)) return [];
  if (path === undefined) return [`${name}:${await listen(providerService(PROVIDERS[name]))}`];
  try {
    const first = await PluginProcess.start(path);
    return [`${name}:${await listen(sharedPlugin(first, () => PluginProcess.start(path)))}`];
  } catch {
    return [];
  }
}

function isKept(name: string): name is Kept {
  return Object.hasOwn(PROVIDERS, name);
}
