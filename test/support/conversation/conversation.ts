// A world for real conversations: an assistant that a test activates talks to a fake Telegram and to fakes of the model
// providers, at their real names over https, with Berth's host rules in place. Needs root, `ip`, iptables and openssl.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DEFAULT_ASSISTANT_IMAGE, type KnownProvider } from "../../../infra/assistant/openclaw.ts";
import { readNameservers } from "../../../infra/docker/host-rules/nameservers.ts";
import { bridgesOf, openOutside } from "../internet.ts";
import { keptAuthority } from "./ca.ts";
import { trustingImage } from "./image.ts";
import { MODEL_HOSTS, type ModelCall } from "./models.ts";
import type { Modes } from "./providers/decide.ts";
import { Remote } from "./remote.ts";
import { Seen } from "./seen.ts";
import type { BotMessage, Said } from "./telegram/bot.ts";
import { type Outage, TELEGRAM_HOST, type TelegramCall } from "./telegram.ts";
import type { Elsewhere } from "./world.ts";

/** For waitForStatus: two of OpenClaw start on two cores while other tests run, the second to compile its code. */
export const ACTIVE_MS = 330_000;
/** What real OpenClaw needs, on a busy host. */
const ENVIRONMENT = {
  BERTH_MEMORY_MIB: "2048",
  BERTH_CPUS: "2",
  BERTH_STARTUP_TIMEOUT: "300",
  BERTH_HOST_RULES: "apply",
};
const PROGRAM = fileURLToPath(new URL("world.ts", import.meta.url));

export interface World {
  readonly telegram: Telegram;
  readonly models: Models;
  /** Where this process reaches the fakes. */
  readonly address: string;
  /** Calls of hosts that are neither Telegram's nor a provider's. */
  readonly elsewhere: readonly Elsewhere[];
  /** What startTestBerth needs beside its slice. */
  readonly environment: Record<string, string>;
  /** It is the internet of what comes by this bridge, too: one that has no place of Berth's. */
  lead(bridge: string): void;
  /** Hosts that got a request with this text in it, in whatever part; sorted. */
  hostsThatSaw(text: string): Promise<string[]>;
  /** @throws Error when a fake could not go on: what the test saw is worth nothing then */
  close(): void;
}

/** The fake Telegram. A bot is there as soon as its token is used. */
interface Telegram {
  readonly calls: readonly TelegramCall[];
  /** Lets a user write to a bot; returns the message's id. */
  say(token: string, user: number, said: Said): Promise<number>;
  /** What the bot has in that chat now, oldest first. */
  seen(token: string, chat: number): BotMessage[];
  /** As Chats.heard. */
  heard(
    token: string,
    chat: number,
    isWanted: (message: BotMessage) => boolean,
    timeoutMs: number,
  ): Promise<BotMessage>;
  /** That token is wrong from now on. */
  revoke(token: string): Promise<void>;
  /** Another program reads the bot, and wins each time, until readHereAlone. */
  readElsewhere(token: string): Promise<void>;
  readHereAlone(token: string): Promise<void>;
  /** Telegram is away for every bot, until recover. */
  fail(outage: Outage | "refused"): Promise<void>;
  recover(): Promise<void>;
}

/** The fakes of the model providers. */
interface Models {
  readonly calls: readonly ModelCall[];
  /** What is left out stays as it is. */
  set(provider: KnownProvider, modes: Partial<Modes>): Promise<void>;
  /** The first call that is wanted, from the beginning. @throws Error after `timeoutMs` */
  asked(isWanted: (call: ModelCall) => boolean, timeoutMs: number): Promise<ModelCall>;
}

/** Whether a world can be opened here: as root, and unless Docker asks the host's own nameserver, which no fake can be. */
export async function canOpenWorld(): Promise<boolean> {
  return process.getuid?.() === 0 && (await readNameservers()).length > 0;
}

/**
 * `slice` as of startTestBerth. `bridges` are those of the slice if they are left out; `certified` are hosts besides the
 * fakes' that have a right certificate, so that what they are told is seen.
 */
export async function openWorld(
  slice: number,
  {
    bridges = bridgesOf(slice),
    certified = [],
  }: { bridges?: readonly string[]; certified?: readonly string[] } = {},
): Promise<World> {
  const authority = await keptAuthority();
  const image = await trustingImage(DEFAULT_ASSISTANT_IMAGE, authority);
  const hosts = [TELEGRAM_HOST, ...Object.values(MODEL_HOSTS), ...certified];
  const certificate = await authority.issue(hosts);
  const outside = openOutside(slice, bridges);
  const seen = new Seen();
  const child = outside.run([PROGRAM], ["ignore", "inherit", "inherit", "ipc"]);
  const remote = new Remote(child, (event) => seen.take(event));
  try {
    await remote.ask("open", await readNameservers(), certificate, hosts);
  } catch (error) {
    outside.close();
    throw error;
  }
  return {
    telegram: telegramOf(remote, seen),
    models: modelsOf(remote, seen),
    elsewhere: seen.elsewhere,
    address: outside.address,
    environment: { ...ENVIRONMENT, BERTH_ASSISTANT_IMAGE: image, ...upstreams(outside.address) },
    lead: (bridge) => outside.lead(bridge),
    hostsThatSaw: (text) => remote.ask("hostsThatSaw", text),
    close() {
      outside.close();
      if (seen.broken.length > 0) throw new Error(`A fake could not go on: ${seen.broken.join("\n")}`);
    },
  };
}

/** Where a model gateway finds the fakes. */
function upstreams(address: string): Record<string, string> {
  const names = {
    ANTHROPIC: "anthropic",
    OPENAI: "openai",
    GEMINI: "google",
    OPENROUTER: "openrouter",
    XAI: "xai",
  };
  return Object.fromEntries(
    Object.entries(names).map(([name, provider]) => [
      `BERTH_${name}_BASE_URL`,
      `http://${address}/${provider}`,
    ]),
  );
}

function telegramOf(remote: Remote, seen: Seen): Telegram {
  const { telegram, chats } = seen;
  return {
    calls: telegram,
    say: (token, user, said) => remote.ask("say", token, user, said),
    seen: (token, chat) => chats.seen(token, chat),
    heard: (token, chat, isWanted, timeoutMs) =>
      chats.heard(token, chat, isWanted, timeoutMs).catch((error: Error) => {
        throw new Error(`${error.message} Calls were: ${JSON.stringify(seen.counts(token))}`);
      }),
    revoke: (token) => remote.ask("revoke", token),
    readElsewhere: (token) => remote.ask("readElsewhere", token),
    readHereAlone: (token) => remote.ask("readHereAlone", token),
    fail: (outage) => remote.ask("failTelegram", outage),
    recover: () => remote.ask("recoverTelegram"),
  };
}

function modelsOf(remote: Remote, { models }: Seen): Models {
  return {
    calls: models,
    set: (provider, modes) => remote.ask("setModels", provider, modes),
    asked: (isWanted, timeoutMs) => firstOf(models, isWanted, timeoutMs),
  };
}

async function firstOf(
  calls: readonly ModelCall[],
  isWanted: (call: ModelCall) => boolean,
  timeoutMs: number,
): Promise<ModelCall> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(20)) {
    const found = calls.find(isWanted);
    if (found) return found;
  }
  throw new Error(`No such call in ${timeoutMs} ms, but ${calls.length} others.`);
}
