// Two engines that one process serves, as a stack whose plugins were changed has: each asks over a connection of its own.
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, expect, it } from "vitest";
import { type Provider, providerService } from "../../../infra/toolchain/stand-ins/provider.ts";
import type { ResourceKind } from "../../../infra/toolchain/stand-ins/resource-kind.ts";
import { listen } from "../../../infra/toolchain/stand-ins/serve.ts";

const URN = "urn:pulumi:one::berth::test:Waits::it";

/** A resource that is made once its test lets it; cancelled, it fails. */
class Making {
  readonly begun = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<void>();
  finish(): void {
    this.#done.resolve();
  }
  async make(cancelled: AbortSignal): Promise<void> {
    cancelled.addEventListener("abort", () => this.#done.reject(new Error("cancelled")));
    this.begun.resolve();
    await this.#done.promise;
  }
}

let making = new Making();
const provider: Provider = {
  version: "1.0.0",
  configure: ({ mark = "" }, cancelled) => ({
    "test:Waits": {
      create: async () => {
        await making.make(cancelled);
        return { id: String(mark), outputs: {} };
      },
    } as unknown as ResourceKind,
  }),
  messageOf: (error) => (error instanceof Error ? error.message : ""),
};

const clients: grpc.Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  making = new Making();
});

/** @param mark by which its resources are known */
async function engine(port: number, mark: string) {
  const options = { "grpc.use_local_subchannel_pool": 1 };
  const client = new services.ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
    options,
  );
  clients.push(client);
  const ask = (name: "configure" | "create" | "cancel", request: object) =>
    new Promise<unknown>((resolve, reject) => {
      const call = (
        client as unknown as Record<string, (request: object, done: grpc.requestCallback<unknown>) => void>
      )[name];
      call?.call(client, request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  const settings = new proto.ConfigureRequest();
  settings.setArgs(struct.Struct.fromJavaScript({ mark }));
  await ask("configure", settings);
  return {
    cancel: () => ask("cancel", new empty.Empty()),
    async create() {
      const request = new proto.CreateRequest();
      request.setUrn(URN);
      return ((await ask("create", request)) as InstanceType<typeof proto.CreateResponse>).getId();
    },
  };
}

it("what one cancels goes on for the other, and each has what it has configured", async () => {
  const port = await listen(providerService(provider));
  const former = await engine(port, "former");
  const latter = await engine(port, "latter");
  const made = latter.create();
  await making.begun.promise;
  await former.cancel();
  making.finish();
  expect(await made).toBe("latter");
  making = new Making();
  making.finish();
  expect(await former.create()).toBe("former");
});

it("what it cancels itself ends, and so does everything when the engine has gone", async () => {
  const served = providerService(provider);
  const port = await listen(served);
  for (const end of [(one: { cancel(): Promise<unknown> }) => one.cancel(), async () => served.end?.()]) {
    making = new Making();
    const one = await engine(port, "one");
    const refused = expect(one.create()).rejects.toThrow("cancelled");
    await making.begun.promise;
    await end(one);
    await refused;
  }
});
