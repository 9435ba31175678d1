// Which variables Berth's children get, by name or by the beginning of the name. Plain JavaScript, since bootstrap.mjs
// needs it on an old Node.

/** For every child. */
const COMMON = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"],
  ...["NIX_SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"],
  ...["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"],
  ...["GNUPGHOME", "PASSWORD_STORE_DIR"],
  "PULUMI_HOME",
];
const COMMON_PREFIXES = ["LC_", "DOCKER_", "PULUMI_DIY_BACKEND_"];

/** For the programs of set-up: npm with its registry and login, Go with its proxy, apt. */
export const OF_SETUP = [
  ...["npm_config_", "NPM_CONFIG_", "NPM_TOKEN", "NODE_AUTH_TOKEN", "DEBIAN_", "APT_"],
  ...["GOPROXY", "GOPATH", "GOCACHE", "GOMODCACHE", "GONOSUM", "GOSUMDB", "GOPRIVATE", "GONOPROXY"],
  ...["GOINSECURE", "GOTOOLCHAIN", "GOROOT", "GOENV", "GOTMPDIR", "GOAUTH", "GOMAXPROCS", "GOMEMLIMIT"],
];

const PROXIES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/**
 * Those of an environment that are wanted, with what begins with one of the prefixes, too.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @param {readonly string[]} prefixes
 * @returns {Record<string, string>}
 */
export function wantedOf(environment, prefixes) {
  const begins = [...COMMON_PREFIXES, ...prefixes];
  const kept = Object.entries(environment).filter(
    ([name, value]) =>
      value !== undefined &&
      (COMMON.includes(name) ||
        PROXIES.includes(name.toLowerCase()) ||
        begins.some((prefix) => name.startsWith(prefix))),
  );
  return Object.fromEntries(kept);
}
