// One running plugin for the engines of many operations: hands each call on, byte by byte. An engine starts a plugin for itself
// and may cancel it, which ends a plugin for good; here that ends the calls of that engine's connection alone, and the next
// one finds a plugin that works.
import grpc from "@grpc/grpc-js";
import type { Callback, Served } from "../stand-ins/serve.ts";
import type { PluginProcess } from "./plugin-process.ts";
import { asIs, METHODS } from "./unary-calls.ts";

type Call = grpc.ServerUnaryCall<Buffer, Buffer>;

/** What a connection has said of itself: another plugin in the place of its own has to learn it, too. */
const SAID_ONCE = ["handshake", "attach", "configure"] as const;

/** One engine's instance of the plugin. */
interface Instance {
  plugin: PluginProcess;
  readonly said: Map<string, Call>;
  readonly underWay: Set<grpc.ClientUnaryCall>;
  /** Once it knows what was said to the one before it. */
  told?: Promise<void>;
}

/** Makes a fresh plugin ready for what an engine has configured before. @throws Error when that is of no use any more */
export type Warm = (fresh: PluginProcess, configured: Buffer) => Promise<void>;

export interface Shared extends Served {
  /** Has the next engine find a fresh plugin, if one has used this one: called when none does. */
  renew(warm: Warm): void;
}

/** @param start makes another one in the place of a plugin that has died, or was cancelled */
export function sharedPlugin(first: PluginProcess, start: () => Promise<PluginProcess>): Shared {
  const shared = new SharedPlugin(first, start);
  const handlers = [...METHODS.keys()].map((name) => {
    const handle = (call: Call, callback: Callback) => void shared.take(name, call, callback);
    return [name, handle] as const;
  });
  return {
    service: Object.fromEntries(METHODS) as grpc.ServiceDefinition,
    handlers: Object.fromEntries(handlers) as unknown as Served["handlers"],
    renew: (warm) => shared.renew(warm),
  };
}

class SharedPlugin {
  readonly #start: () => Promise<PluginProcess>;
  readonly #instances = new Map<string, Instance>();
  readonly #cancelled = new WeakSet<PluginProcess>();
  #current: Promise<PluginProcess>;

  constructor(first: PluginProcess, start: () => Promise<PluginProcess>) {
    this.#start = start;
    this.#current = Promise.resolve(first);
  }

  async take(name: string, call: Call, callback: Callback): Promise<void> {
    const peer = call.getPeer();
    if (name === "cancel") return this.#cancel(peer, call, callback);
    try {
      const instance = await this.#instanceOf(peer);
      if (isSaidOnce(name)) instance.said.set(name, call);
      this.#send(instance, name, call, callback);
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      callback({ code: grpc.status.UNAVAILABLE, details });
    }
  }

  renew(warm: Warm): void {
    const configured = [...this.#instances.values()].at(-1)?.said.get("configure")?.request;
    if (configured === undefined) return;
    for (const plugin of new Set([...this.#instances.values()].map((one) => one.plugin))) plugin.end();
    this.#instances.clear();
    this.#current = this.#warmed(warm, configured);
    // Whoever needs it starts another one.
    this.#current.catch(() => {});
  }

  async #warmed(warm: Warm, configured: Buffer): Promise<PluginProcess> {
    const plugin = await this.#start();
    try {
      await warm(plugin, configured);
      return plugin;
    } catch {
      plugin.end();
      return this.#start();
    }
  }

  async #instanceOf(peer: string): Promise<Instance> {
    const plugin = await this.#usable();
    const known = this.#instances.get(peer);
    const instance = known?.plugin === plugin ? known : this.#replaced(peer, plugin, known?.said);
    await instance.told;
    return instance;
  }

  #replaced(peer: string, plugin: PluginProcess, said: Instance["said"] = new Map()): Instance {
    const instance: Instance = { plugin, said, underWay: new Set() };
    this.#instances.set(peer, instance);
    instance.told = this.#tell(instance);
    return instance;
  }

  async #tell(instance: Instance): Promise<void> {
    for (const [name, call] of instance.said) await this.#sent(instance, name, call);
  }

  async #usable(): Promise<PluginProcess> {
    const current = this.#current;
    const plugin = await current.catch(() => undefined);
    if (plugin?.isAlive && !this.#cancelled.has(plugin)) return plugin;
    // Another call has found that out first, and started one.
    if (this.#current !== current) return this.#usable();
    // What a cancelled one has under way, it ends by itself.
    const isAtWork = [...this.#instances.values()].some(
      (one) => one.plugin === plugin && one.underWay.size > 0,
    );
    if (!isAtWork) plugin?.end();
    this.#current = this.#start();
    return this.#current;
  }

  /**
   * Handed on where this connection alone has calls under way; where others have some too, its own are ended, and nothing
   * more. An engine that is done cancels its plugins as well: with nothing under way, nothing is to be ended.
   */
  #cancel(peer: string, call: Call, callback: Callback): void {
    const instance = this.#instances.get(peer);
    const others = [...this.#instances].filter(([other]) => other !== peer);
    const isShared = others.some(([, { underWay }]) => underWay.size > 0);
    if (!instance || isShared || instance.underWay.size === 0) {
      for (const one of instance?.underWay ?? []) one.cancel();
      callback(null, Buffer.alloc(0));
      return;
    }
    this.#send(instance, "cancel", call, callback);
    this.#cancelled.add(instance.plugin);
  }

  #send({ plugin, underWay }: Instance, name: string, call: Call, callback: Callback): void {
    const method = METHODS.get(name);
    if (!method) throw new Error(`A plugin has no call ${name}.`);
    const { request, metadata } = call;
    const sent = plugin.client.makeUnaryRequest(
      method.path,
      asIs,
      asIs,
      request,
      metadata,
      (error, answer) => {
        underWay.delete(sent);
        callback(error, answer, error?.metadata);
      },
    );
    underWay.add(sent);
    call.on("cancelled", () => sent.cancel());
  }

  #sent(instance: Instance, name: string, call: Call): Promise<unknown> {
    return new Promise((resolve, reject) =>
      this.#send(instance, name, call, (error, answer) => (error ? reject(error) : resolve(answer))),
    );
  }
}

function isSaidOnce(name: string): boolean {
  return (SAID_ONCE as readonly string[]).includes(name);
}
