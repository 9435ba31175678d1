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

/** The provider as a service. Every engine that it serves configures it again, one at a time. */
export function providerService(provider: Provider): Served {
  let run = { kinds: {} as Readonly<Record<string, ResourceKind>>, cancellation: new AbortController() };
  const cancel = () => run.cancellation.abort();
  const configure = (settings: Properties) => {
    const cancellation = new AbortController();
    run = { kinds: provider.configure(settings, cancellation.signal), cancellation };
  };
  const kindOf = (urn: string): ResourceKind => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const kind = run.kinds[type];
    if (!kind) throw new Error(`Berth's stand-in plugin does not know resources of type ${type}.`);
    return kind;
  };
  const answers = {
    ...aboutItself(provider.version, configure, cancel),
    ...judging(kindOf),
    ...acting(kindOf),
  };
  const fail = (error: unknown) => failureOf(error, provider.messageOf);
  const handlers = Object.entries(answers).map(([name, answer]) => [
    name,
    answering(answer as (request: unknown) => unknown, fail),
  ]);
  return {
    service: services.ResourceProviderService,
    handlers: Object.fromEntries(handlers),
    end: cancel,
  };
}

function aboutItself(version: string, configure: (settings: Properties) => void, cancel: () => void) {
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
    configure(request: InstanceType<typeof proto.ConfigureRequest>) {
      configure(unpack(request.getArgs()));
      return new proto.ConfigureResponse();
    },
    cancel() {
      cancel();
      return new empty.Empty();
    },
    attach: () => new empty.Empty(),
  };
}

function judging(kindOf: (urn: string) => ResourceKind) {
  return {
    check(request: InstanceType<typeof proto.CheckRequest>) {
      const { inputs, failures } = kindOf(request.getUrn()).check(unpack(request.getNews()));
      const response = new proto.CheckResponse();
      response.setInputs(pack(inputs));
      for (const { property, reason } of failures) {
        const failure = response.addFailures();
        failure.setProperty(property);
        failure.setReason(reason);
      }
      return response;
    },
    diff(request: InstanceType<typeof proto.DiffRequest>) {
      const old = { inputs: unpack(request.getOldInputs()), outputs: unpack(request.getOlds()) };
      const kind = kindOf(request.getUrn());
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

function acting(kindOf: (urn: string) => ResourceKind) {
  return {
    async create(request: InstanceType<typeof proto.CreateRequest>) {
      const kind = kindOf(request.getUrn());
      const made = await kind.create(unpack(request.getProperties()), request.getName());
      const response = new proto.CreateResponse();
      response.setId(made.id);
      response.setProperties(pack(made.outputs));
      return response;
    },
    async read(request: InstanceType<typeof proto.ReadRequest>) {
      const outputs = await kindOf(request.getUrn()).read(request.getId(), unpack(request.getProperties()));
      const response = new proto.ReadResponse();
      if (!outputs) return response;
      response.setId(request.getId());
      response.setProperties(pack(outputs));
      response.setInputs(request.getInputs());
      return response;
    },
    async update(request: InstanceType<typeof proto.UpdateRequest>) {
      const news = unpack(request.getNews());
      const outputs = await kindOf(request.getUrn()).update(request.getId(), news, unpack(request.getOlds()));
      const response = new proto.UpdateResponse();
      response.setProperties(pack(outputs));
      return response;
    },
    async delete(request: InstanceType<typeof proto.DeleteRequest>) {
      await kindOf(request.getUrn()).delete(request.getId(), unpack(request.getProperties()));
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
