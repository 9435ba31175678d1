// Plugins that a process keeps for the operations that it runs, one after the other: an engine that attaches to them has no
// plugin to start. Stand-ins are served by the process itself, official plugins are programs that it keeps running.
import { commandProvider } from "../stand-ins/command-provider.ts";
import { dockerProvider } from "../stand-ins/docker-provider.ts";
import { providerService } from "../stand-ins/provider.ts";
import { listen } from "../stand-ins/serve.ts";
import { deletingAfter } from "./deletions.ts";
import { PluginProcess } from "./plugin-process.ts";
import { sharedPlugin, type Warm } from "./shared-plugin.ts";
import { warmKubernetes } from "./warm-kubernetes.ts";

const PROVIDERS = { docker: dockerProvider, command: commandProvider };
type Kept = keyof typeof PROVIDERS;

/** Those of which the next operation gets a fresh one: what an operation has told them, or had them watch, they keep. */
const RENEWED: Readonly<Record<string, Warm>> = { kubernetes: warmKubernetes };

export interface Attached {
  /** The engine's variable that says where they are: `docker:4711,command:4712`. */
  readonly variable: string;
  /** Called after each operation. */
  renew(): void;
}

/**
 * Serves those that kept.ts names until this process ends. One that does not start is left to the engine.
 * @param folder for temporary files of official ones
 */
export async function attachPlugins(kept: readonly string[], folder?: string): Promise<Attached> {
  const attached = (await Promise.all(kept.map((one) => attach(one, folder)))).flat();
  return {
    variable: attached.map(({ variable }) => variable).join(","),
    renew() {
      for (const one of attached) one.renew();
    },
  };
}

async function attach(kept: string, folder: string | undefined): Promise<Attached[]> {
  const [name = "", path] = kept.split(/=(.*)/s);
  if (path === undefined) {
    if (!hasStandIn(name)) return [];
    const port = await listen(deletingAfter(providerService(PROVIDERS[name])));
    return [{ variable: `${name}:${port}`, renew() {} }];
  }
  try {
    const start = () => PluginProcess.start(path, folder);
    const shared = sharedPlugin(await start(), start);
    const warm = RENEWED[name];
    const renew = () => warm && shared.renew(warm);
    return [{ variable: `${name}:${await listen(deletingAfter(shared))}`, renew }];
  } catch {
    return [];
  }
}

function hasStandIn(name: string): name is Kept {
  return Object.hasOwn(PROVIDERS, name);
}
