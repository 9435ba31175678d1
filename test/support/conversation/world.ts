// The world as a process in a network namespace: fakes of Telegram and of the model providers at their real names, with
// https that the assistant trusts. No other host answers. The test speaks to it over IPC (remote.ts).
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { isIP, type Socket } from "node:net";
import { KNOWN_PROVIDERS, type KnownProvider } from "../../../infra/assistant/openclaw.ts";
import { answerNames } from "../names.ts";
import type { Certificate } from "./ca.ts";
import { Firewall } from "./firewall.ts";
import { type Asked, answerJson, keysIn, readAsked } from "./http.ts";
import { FakeModels, MODEL_HOSTS, type ModelCall } from "./models.ts";
import type { Modes } from "./providers/decide.ts";
import type { BotMessage, Said } from "./telegram/bot.ts";
import { FakeTelegram, type Outage, TELEGRAM_HOST, type TelegramCall } from "./telegram.ts";

/** OpenClaw takes these for public: it refuses to speak to special ones. Telegram's is its own, so that it can be away. */
const TELEGRAM_ADDRESS = "149.154.167.220";
const ADDRESS = "160.79.104.10";
const KNOWN_HOSTS: readonly string[] = [TELEGRAM_HOST, ...Object.values(MODEL_HOSTS)];
/** A model gateway that has a URL of its own; certified where a test wants it. */
const GATEWAY_HOST = "models.berth.example";
/** Kept for `hostsThatSaw`. */
const MOST_BYTES = 512 * 1024 * 1024;

/** A call of a host that is none of the fakes'; without a method if it ended at the certificate. */
export interface Elsewhere {
  readonly at: number;
  readonly host: string;
  readonly method?: string;
  readonly path?: string;
  readonly keys: Readonly<Record<string, string>>;
}

export type WorldEvent =
  | { readonly telegram: TelegramCall }
  | { readonly shown: BotMessage }
  | { readonly model: ModelCall }
  | { readonly elsewhere: Elsewhere }
  /** A fake could not go on. */
  | { readonly broken: string };

/** What the test can ask for. */
export type Commands = typeof commands;
export interface Ask {
  readonly id: number;
  readonly name: keyof Commands;
  readonly args: readonly unknown[];
}
export type Told = WorldEvent | { readonly id: number; readonly value?: unknown; readonly error?: string };

const telegram = new FakeTelegram({
  called: (call) => tell({ telegram: call }),
  shown: (message) => tell({ shown: message }),
});
const models = new FakeModels((call) => tell({ model: call }));
const firewall = new Firewall(TELEGRAM_ADDRESS);
const requests: { readonly host: string; readonly text: string }[] = [];
let bytes = 0;

const commands = {
  /** `certified`: hosts that a certificate is for, the known ones among them. */
  async open(nameservers: readonly string[], certificate: Certificate, certified: readonly string[]) {
    await answerNames(nameservers, (name) => (name === TELEGRAM_HOST ? TELEGRAM_ADDRESS : ADDRESS));
    const SNICallback = (host: string, done: (error: null) => void) => {
      if (!certified.includes(host)) tell({ elsewhere: { at: Date.now(), host, keys: {} } });
      done(null);
    };
    const secure = createServer({ ...certificate, SNICallback }, receive);
    // It asked for a host that has no certificate, or went away.
    secure.on("tlsClientError", () => {});
    for (const [server, port] of [
      [secure, 443],
      [createPlainServer(receive), 80],
    ] as const) {
      server.on("upgrade", refuseUpgrade);
      await new Promise<void>((resolve) => server.listen(port, "0.0.0.0", resolve));
    }
  },
  say: (token: string, user: number, said: Said) => telegram.say(token, user, said),
  revoke: (token: string) => telegram.revoke(token),
  readElsewhere: (token: string) => telegram.readElsewhere(token),
  readHereAlone: (token: string) => telegram.readHereAlone(token),
  failTelegram(outage: Outage | "refused") {
    if (outage === "refused") firewall.close();
    else telegram.fail(outage);
  },
  recoverTelegram() {
    firewall.open();
    telegram.recover();
  },
  setModels: (provider: KnownProvider, modes: Partial<Modes>) => models.set(provider, modes),
  /** Hosts that got a request with this text in it, in whatever part. */
  hostsThatSaw(text: string): string[] {
    if (bytes > MOST_BYTES) throw new Error("Too much was asked to be kept.");
    return [
      ...new Set(requests.filter((request) => request.text.includes(text)).map(({ host }) => host)),
    ].sort();
  },
};

function receive(request: IncomingMessage, response: ServerResponse): void {
  answer(request, response).catch((error: Error) => {
    tell({ broken: `${request.method} ${request.url}: ${error.stack}` });
    response.destroy();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await readAsked(request);
  keep(asked, request.rawHeaders);
  if (asked.host === TELEGRAM_HOST) return telegram.handle(asked, response);
  const inside = asked.host === GATEWAY_HOST || isIP(asked.host) ? byPath(asked) : asked;
  if (KNOWN_HOSTS.includes(inside.host)) return models.handle(inside, response);
  const { host, method, headers, url } = asked;
  tell({
    elsewhere: { at: Date.now(), host, method, path: url.pathname + url.search, keys: keysIn(headers) },
  });
  answerJson(response, 404, { error: "There is nothing here." });
}

/** What a model gateway is asked, or asks, below a provider's name, as that provider is asked it. */
function byPath(asked: Asked): Asked {
  const [, name = "", path = ""] = /^\/(\w+)(\/.*)$/.exec(asked.url.pathname) ?? [];
  const provider = KNOWN_PROVIDERS.find((one) => one === name);
  const url = new URL(path + asked.url.search, asked.url);
  return provider ? { ...asked, host: MODEL_HOSTS[provider], url } : asked;
}

function keep({ method, host, url, body }: Asked, rawHeaders: readonly string[]): void {
  const path = [url.pathname, url.search, ...url.searchParams.values()];
  const text = [method, ...path, ...rawHeaders, body.toString("utf8")].join("\n");
  bytes += text.length;
  if (bytes <= MOST_BYTES) requests.push({ host, text });
}

/** OpenAI's WebSockets are not spoken here: whoever tries them goes on without. */
function refuseUpgrade({ headers, method, url }: IncomingMessage, socket: Socket): void {
  const host = `${headers.host}`;
  if (!KNOWN_HOSTS.includes(host))
    tell({ elsewhere: { at: Date.now(), host, method: `${method}`, path: `${url}`, keys: keysIn(headers) } });
  socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

function tell(told: Told): void {
  process.send?.(told);
}

process.on("message", async ({ id, name, args }: Ask) => {
  const command = commands[name] as (...given: readonly unknown[]) => unknown;
  try {
    tell({ id, value: await command(...args) });
  } catch (error) {
    tell({ id, error: error instanceof Error ? error.message : `${error}` });
  }
});
// The test has ended.
process.on("disconnect", () => process.exit());
