// A Pulumi provider plugin: only what the engine asks of resources. The SDK's own server can't say which properties
// differ, which `replaceOnChanges` needs, and takes longer to load.
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { failureOf } from "./failure.ts";
import type { Properties, ResourceKind } from "./resource-kind.ts";
import { answering, type Served } from "./serve.ts";

export interface Provider {
  readonly version: string;
  /** Kinds by type token, made from the provider's own settings. `cancelled` ends what takes long. */
  configure(settings: Properties, cancelled: AbortSignal): Readonly<Record<string, ResourceKind>>;
  /** The sentence for an error. */
  messageOf(error: unknown): string;
}

/** What one engine has configured. */
interface Run {
  readonly kinds: Readonly<Record<string, ResourceKind>>;
  readonly cancellation: AbortController;
}

/**
 * The provider as a service. Every engine that it serves configures it for itself, over a connection of its own: what one
 * cancels goes on for the others.
 */
export function providerService(provider: Provider): Served {
  const runs = new Runs(provider);
  const kindOf: KindOf = (urn, peer) => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const kind = runs.of(peer)?.kinds[type];
    if (!kind) throw new Error(`Berth's stand-in plugin does not know resources of type ${type}.`);
    return kind;
  };
  const answers = { ...aboutItself(provider.version, runs), ...judging(kindOf), ...acting(kindOf) };
  const fail = (error: unknown) => failureOf(error, provider.messageOf);
  const handlers = Object.entries(answers).map(([name, answer]) => [
    name,
    answering(answer as (request: unknown, peer: string) => unknown, fail),
  ]);
  return {
    service: services.ResourceProviderService,
    handlers: Object.fromEntries(handlers),
    end: () => runs.cancelAll(),
  };
}

type KindOf = (urn: string, peer: string) => ResourceKind;

/** By connection. */
class Runs {
  readonly #provider: Provider;
  readonly #byPeer = new Map<string, Run>();
  #latest: Run | undefined;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  configure(peer: string, settings: Properties): void {
    const cancellation = new AbortController();
    const kinds = this.#provider.configure(settings, cancellation.signal);
    this.#latest = { kinds, cancellation };
    this.#byPeer.set(peer, this.#latest);
  }

  /** One that has connected again is taken for the latest. */
  of(peer: string): Run | undefined {
    return this.#byPeer.get(peer) ?? this.#latest;
  }

  cancel(peer: string): void {
    const isTheOnlyOne = this.#byPeer.size === 1;
    (this.#byPeer.get(peer) ?? (isTheOnlyOne ? this.#latest : undefined))?.cancellation.abort();
  }

  cancelAll(): void {
    for (const { cancellation } of this.#byPeer.values()) cancellation.abort();
  }
}

function aboutItself(version: string, runs: Runs) {
  return {
    getPluginInfo() {
      const info = new plugin.PluginInfo();
      info.setVersion(version);
      return info;
    },
    checkConfig(request: InstanceType<typeof proto.CheckRequest>) {
      const response = new proto.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    },
    diffConfig: () => new proto.DiffResponse(),
    configure(request: InstanceType<typeof proto.ConfigureRequest>, peer: string) {
      runs.configure(peer, unpack(request.getArgs()));
      return new proto.ConfigureResponse();
    },
    cancel(_request: unknown, peer: string) {
      runs.cancel(peer);
      return new empty.Empty();
    },
    attach: () => new empty.Empty(),
  };
}

function judging(kindOf: KindOf) {
  return {
    check(request: InstanceType<typeof proto.CheckRequest>, peer: string) {
      const { inputs, failures } = kindOf(request.getUrn(), peer).check(unpack(request.getNews()));
      const response = new proto.CheckResponse();
      response.setInputs(pack(inputs));
      for (const { property, reason } of failures) {
        const failure = response.addFailures();
        failure.setProperty(property);
        failure.setReason(reason);
      }
      return response;
    },
    diff(request: InstanceType<typeof proto.DiffRequest>, peer: string) {
      const old = { inputs: unpack(request.getOldInputs()), outputs: unpack(request.getOlds()) };
      const kind = kindOf(request.getUrn(), peer);
      const { diffs, replaces } = kind.diff(old, unpack(request.getNews()));
      const response = new proto.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
      response.setChanges(diffs.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList([...diffs]);
      response.setReplacesList([...replaces]);
      // Also where nothing has to be replaced: the program's `replaceOnChanges` may want it all the same.
      response.setDeletebeforereplace(kind.deleteBeforeReplace);
      return response;
    },
  };
}

function acting(kindOf: KindOf) {
  return {
    async create(request: InstanceType<typeof proto.CreateRequest>, peer: string) {
      const kind = kindOf(request.getUrn(), peer);
      const made = await kind.create(unpack(request.getProperties()), request.getName());
      const response = new proto.CreateResponse();
      response.setId(made.id);
      response.setProperties(pack(made.outputs));
      return response;
    },
    async read(request: InstanceType<typeof proto.ReadRequest>, peer: string) {
      const outputs = await kindOf(request.getUrn(), peer).read(
        request.getId(),
        unpack(request.getProperties()),
      );
      const response = new proto.ReadResponse();
      if (!outputs) return response;
      response.setId(request.getId());
      response.setProperties(pack(outputs));
      response.setInputs(request.getInputs());
      return response;
    },
    async update(request: InstanceType<typeof proto.UpdateRequest>, peer: string) {
      const news = unpack(request.getNews());
      const outputs = await kindOf(request.getUrn(), peer).update(
        request.getId(),
        news,
        unpack(request.getOlds()),
      );
      const response = new proto.UpdateResponse();
      response.setProperties(pack(outputs));
      return response;
    },
    async delete(request: InstanceType<typeof proto.DeleteRequest>, peer: string) {
      await kindOf(request.getUrn(), peer).delete(request.getId(), unpack(request.getProperties()));
      return new empty.Empty();
    },
  };
}

function unpack(properties: InstanceType<typeof struct.Struct> | undefined): Properties {
  return properties?.toJavaScript() ?? {};
}

function pack(properties: Properties): InstanceType<typeof struct.Struct> {
  return struct.Struct.fromJavaScript(properties);
}
