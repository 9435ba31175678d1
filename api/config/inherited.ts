// What child processes get of the environment that Berth was started with: a list of what is wanted, never the rest.

/** For every child. */
const COMMON = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM"],
  ...[
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "NIX_SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
  ],
  ...["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"],
  ...["GNUPGHOME", "PASSWORD_STORE_DIR"],
  "PULUMI_HOME",
];
const COMMON_PREFIXES = ["LC_", "DOCKER_", "PULUMI_DIY_BACKEND_"];
const PROXIES = ["http_proxy", "https_proxy", "all_proxy"];

/** Of what the backend's host, or the target, wants for itself. */
const OF_BACKENDS: Readonly<Record<string, readonly string[]>> = {
  s3: ["AWS_"],
  azblob: ["AZURE_"],
  gs: ["GOOGLE_"],
  postgres: ["PG"],
  postgresql: ["PG"],
};

/** For the programs of set-up: npm with its registry and login, Go with its proxy, apt. */
const OF_SETUP = [
  ...["npm_config_", "NPM_CONFIG_", "NPM_TOKEN", "NODE_AUTH_TOKEN", "DEBIAN_", "APT_"],
  ...["GOPROXY", "GOPATH", "GOCACHE", "GOMODCACHE", "GONOSUM", "GOSUMDB", "GOPRIVATE", "GONOPROXY"],
  ...["GOINSECURE", "GOTOOLCHAIN", "GOROOT", "GOENV", "GOTMPDIR", "GOAUTH", "GOMAXPROCS", "GOMEMLIMIT"],
];

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
  { target, backendUrl }: { readonly target: string; readonly backendUrl: string },
): Record<string, string> {
  const [scheme = ""] = backendUrl.split(":");
  const ofTarget = target === "aws" ? ["AWS_"] : [];
  return picked(environment, [...(OF_BACKENDS[scheme] ?? []), ...ofTarget]);
}

/** The proxies that are set, by the name of their variable. */
export function proxiesIn(environment: Environment): Map<string, string> {
  const set = Object.entries(environment).filter(
    (entry): entry is [string, string] => PROXIES.includes(entry[0].toLowerCase()) && !!entry[1],
  );
  return new Map(set);
}

function picked(environment: Environment, prefixes: readonly string[]): Record<string, string> {
  const wanted = [...COMMON_PREFIXES, ...prefixes];
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (COMMON.includes(entry[0]) || wanted.some((prefix) => entry[0].startsWith(prefix))),
  );
  const proxies = proxiesIn(environment);
  const direct = proxies.size > 0 ? directHosts(environment) : undefined;
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(proxies),
    // Each program reads another one of these.
    ...(direct && { NO_PROXY: direct, no_proxy: direct, no_grpc_proxy: direct }),
  };
}

function directHosts({ NO_PROXY, no_proxy, DOCKER_HOST }: Environment): string {
  const set = [no_proxy, NO_PROXY].flatMap((list) => list?.split(",") ?? []).map((host) => host.trim());
  const engine = /^tcp:\/\/\[?([^/\]:]+)/.exec(DOCKER_HOST ?? "")?.[1];
  return [...new Set([...set, ...LOOPBACK, engine ?? ""])].filter(Boolean).join(",");
}
