// Which provider a request is for, and which of its paths. Both come from the request line and the Host alone; whatever is
// not written plainly is refused, so that the gateway and a provider can't read a path differently.
import { COMPATIBLE, MODEL_PROVIDERS, type ModelProvider } from "../assistant/openclaw.ts";
import { PROVIDERS, type Route } from "./providers.ts";

/** names: the assistant believes that it talks to the provider itself. paths: it knows the gateway's own URL. */
export type Form = "names" | "paths";

export interface Target {
  readonly provider: ModelProvider;
  readonly route: Route;
  /** As the provider knows it, with the query. */
  readonly path: string;
  /** Where the model stands in the path. */
  readonly model: string | undefined;
}

export interface BadTarget {
  /** Null as long as it isn't known: then the refusal has no provider's form. */
  readonly provider: ModelProvider | null;
  readonly status: 400 | 404 | 405 | 421;
  readonly message: string;
}

interface RequestLine {
  readonly method: string;
  readonly url: string;
  readonly host: string | undefined;
  /** The name that TLS was asked for; undefined without TLS. */
  readonly servername: string | undefined;
}

/** Also the query's `key=` of Google: what stands in a URL gets into logs. */
const KEY_NAMES: readonly string[] = ["key", "api_key", "apikey", "access_token", "token", "oauth_token"];
const PLAIN_PATH = /^(?:\/[\w.:@~-]+)+$/;

export function readTarget(form: Form, line: RequestLine): Target | BadTarget {
  const [path = "", query] = split(line.url);
  const found = form === "names" ? byName(line, path) : byPrefix(path);
  if (!found) {
    const message = "This is no address of a model provider.";
    return { provider: null, status: form === "names" ? 421 : 404, message };
  }
  const { provider, own } = found;
  if (!PLAIN_PATH.test(own) || own.split("/").some((part) => part === "." || part === ".."))
    return { provider, status: 404, message: "The model gateway has no such path." };
  const bad = query === undefined ? undefined : badQuery(provider, query);
  if (bad) return { provider, status: 400, message: bad };
  const routes = PROVIDERS[provider].routes.filter((route) => route.path.test(own));
  if (routes.length === 0) return { provider, status: 404, message: "The model gateway has no such path." };
  const route = routes.find(({ method }) => method === line.method);
  if (!route) return { provider, status: 405, message: "The model gateway has no such method here." };
  const model = route.path.exec(own)?.groups?.model ?? route.model;
  return { provider, route, model, path: query === undefined ? own : `${own}?${query}` };
}

/** Where the provider's own path is upstream. Compatible servers have versions of their own: they stand in the base URL. */
export function upstreamUrl(
  provider: ModelProvider,
  baseUrl: string,
  path: string,
): { origin: string; path: string } {
  const { version } = PROVIDERS[provider];
  const { origin, pathname } = new URL(baseUrl);
  const base = pathname.replace(/\/+$/, "");
  if (provider === COMPATIBLE) return { origin, path: base + path.slice(version.length) };
  const rest = base.endsWith(version) ? base.slice(0, -version.length) : base;
  return { origin, path: rest + path };
}

function split(url: string): [string, string?] {
  const at = url.indexOf("?");
  return at === -1 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}

interface Found {
  readonly provider: ModelProvider;
  readonly own: string;
}

function byName({ host, servername }: RequestLine, path: string): Found | undefined {
  const name = host?.toLowerCase().replace(/:443$/, "");
  const provider = MODEL_PROVIDERS.find((one) => PROVIDERS[one].host === name);
  if (!provider || servername?.toLowerCase() !== name) return undefined;
  return { provider, own: path };
}

function byPrefix(path: string): Found | undefined {
  const provider = MODEL_PROVIDERS.find((one) => path.startsWith(`/${one}/`));
  return provider && { provider, own: path.slice(provider.length + 1) };
}

/** A sentence on what is wrong with it. */
function badQuery(provider: ModelProvider, query: string): string | undefined {
  const known = PROVIDERS[provider].query;
  for (const pair of query.split("&")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (KEY_NAMES.includes(name.toLowerCase()))
      return "A token in the URL isn't taken: it belongs into its header.";
    if (!Object.hasOwn(known, name) || !known[name]?.test(value))
      return "The model gateway doesn't know this query.";
  }
  return undefined;
}
