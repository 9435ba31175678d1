// What child processes get of the environment that Berth was started with: a list of what is wanted, never the rest.
import { needsOf } from "../../infra/targets.ts";
import { OF_SETUP, wantedOf } from "../../infra/toolchain/wanted-environment.mjs";

const PROXIES = ["http_proxy", "https_proxy", "all_proxy"];

/** Of what the backend's host, or the target, wants for itself. */
const OF_BACKENDS: Readonly<Record<string, readonly string[]>> = {
  s3: ["AWS_"],
  azblob: ["AZURE_"],
  gs: ["GOOGLE_"],
  postgres: ["PG"],
  postgresql: ["PG"],
};

/** Loopback is reached directly: Pulumi's engine and its plugins talk to each other there, by gRPC. */
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

type Environment = Readonly<Record<string, string | undefined>>;

/** What set-up's programs get: they fetch, by the operator's proxies, registries and certificates. */
export function forSetup(environment: Environment): Record<string, string> {
  return picked(environment, OF_SETUP);
}

/** What operations get. */
export function forOperations(
  environment: Environment,
  { targets, backendUrl }: { readonly targets: readonly string[]; readonly backendUrl: string },
): Record<string, string> {
  const [scheme = ""] = backendUrl.split(":");
  const { variables = [] } = needsOf(targets);
  return picked(environment, [...(OF_BACKENDS[scheme] ?? []), ...variables]);
}

/** The proxies that are set, by the name of their variable. */
export function proxiesIn(environment: Environment): Map<string, string> {
  const set = Object.entries(environment).filter(
    (entry): entry is [string, string] => PROXIES.includes(entry[0].toLowerCase()) && !!entry[1],
  );
  return new Map(set);
}

function picked(environment: Environment, prefixes: readonly string[]): Record<string, string> {
  const kept = wantedOf(environment, prefixes);
  if (proxiesIn(environment).size === 0) return kept;
  const direct = directHosts(environment);
  // Each program reads another one of these.
  return { ...kept, NO_PROXY: direct, no_proxy: direct, no_grpc_proxy: direct };
}

function directHosts({ NO_PROXY, no_proxy, DOCKER_HOST }: Environment): string {
  const set = [no_proxy, NO_PROXY].flatMap((list) => list?.split(",") ?? []).map((host) => host.trim());
  const engine = /^tcp:\/\/\[?([^/\]:]+)/.exec(DOCKER_HOST ?? "")?.[1];
  return [...new Set([...set, ...LOOPBACK, engine ?? ""])].filter(Boolean).join(",");
}
