// A docker plugin that Berth takes for the official one: a program of its own, as slow with networks as that one, which waits two
// seconds before it makes, reads or removes one. It notes its calls in a file beside the folder of Pulumi's state.
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { dockerProvider } from "../../../infra/toolchain/stand-ins/docker-provider.ts";
import { type Provider, providerService } from "../../../infra/toolchain/stand-ins/provider.ts";
import type { ResourceKind } from "../../../infra/toolchain/stand-ins/resource-kind.ts";
import { serve } from "../../../infra/toolchain/stand-ins/serve.ts";

const NETWORK = "docker:index/network:Network";
const WAIT_MS = 2_000;

function slowly<Args extends unknown[], Result>(what: string, act: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    note(`${what} network`);
    await sleep(WAIT_MS);
    return act(...args);
  };
}

function note(what: string): void {
  const { PULUMI_BACKEND_URL: states } = process.env;
  if (states)
    appendFileSync(`${fileURLToPath(states).replace(/\/$/, "")}-plugin.log`, `${process.pid} ${what}\n`);
}

const provider: Provider = {
  ...dockerProvider,
  configure(settings, cancelled) {
    note("configure");
    const kinds = dockerProvider.configure(settings, cancelled);
    const network = kinds[NETWORK] as ResourceKind;
    const slow = {
      ...network,
      create: slowly("create", network.create),
      read: slowly("read", network.read),
      delete: slowly("delete", network.delete),
    };
    return { ...kinds, [NETWORK]: slow };
  },
};

await serve(providerService(provider));
