// Stand-ins served by a process that runs many operations, one after the other: an engine that attaches to them has
// no plugin to start, which is a third of a short operation. Official plugins are left to the engine.
import { commandProvider } from "./command-provider.ts";
import { dockerProvider } from "./docker-provider.ts";
import { providerService } from "./provider.ts";
import { listen } from "./serve.ts";

const PROVIDERS = { docker: dockerProvider, command: commandProvider };
export type StandIn = keyof typeof PROVIDERS;

export function isStandIn(name: string): name is StandIn {
  return Object.hasOwn(PROVIDERS, name);
}

/** Serves them in this process and returns the engine's variable that says where: `docker:4711,command:4712`. */
export async function serveStandIns(names: readonly StandIn[]): Promise<string> {
  const ports = await Promise.all(names.map((name) => listen(providerService(PROVIDERS[name]))));
  return names.map((name, index) => `${name}:${ports[index]}`).join(",");
}
