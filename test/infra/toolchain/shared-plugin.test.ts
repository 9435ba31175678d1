// One running plugin for several engines, as an operation's process shares an official one: real gRPC, real programs.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { attachPlugins } from "../../../infra/toolchain/attached/attach.ts";
import { keptPlugins } from "../../../infra/toolchain/attached/kept.ts";
import { PluginProcess } from "../../../infra/toolchain/attached/plugin-process.ts";
import { type Shared, sharedPlugin } from "../../../infra/toolchain/attached/shared-plugin.ts";
import { listen } from "../../../infra/toolchain/stand-ins/serve.ts";
import { officialPlugin } from "../../support/official-plugins/paths.ts";

const URN = "urn:pulumi:one::berth::command:local:Command::it";
const clients: grpc.Client[] = [];
let started: PluginProcess[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const plugin of started) plugin.end();
  started = [];
});

function starter() {
  return async () => {
    const plugin = await PluginProcess.start(officialPlugin("command"));
    started.push(plugin);
    return plugin;
  };
}

async function shared(): Promise<number> {
  const start = starter();
  return listen(sharedPlugin(await start(), start));
}

/** Over a connection of its own, as each engine has. */
async function engine(port: number) {
  const options = { "grpc.use_local_subchannel_pool": 1 };
  const credentials = grpc.credentials.createInsecure();
  const client = new services.ResourceProviderClient(`127.0.0.1:${port}`, credentials, options);
  clients.push(client);
  type Ask = (request: object, done: grpc.requestCallback<unknown>) => void;
  const ask = (name: "configure" | "create" | "cancel", request: object) =>
    new Promise<unknown>((resolve, reject) => {
      const call = (client as unknown as Record<string, Ask>)[name];
      call?.call(client, request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  await ask("configure", new proto.ConfigureRequest());
  return {
    cancel: () => ask("cancel", new empty.Empty()),
    async run(command: string): Promise<unknown> {
      const request = new proto.CreateRequest();
      request.setUrn(URN);
      request.setName("it");
      request.setProperties(struct.Struct.fromJavaScript({ create: command }));
      const made = (await ask("create", request)) as InstanceType<typeof proto.CreateResponse>;
      return made.getProperties()?.toJavaScript().stdout;
    },
  };
}

it("serves one engine after another by the same program, errors included", async () => {
  const port = await shared();
  expect(await (await engine(port)).run("echo one")).toBe("one");
  const second = await engine(port);
  expect(await second.run("echo two")).toBe("two");
  await expect(second.run("echo no; exit 3")).rejects.toThrow(/exit status 3/);
  expect(started).toHaveLength(1);
});

it("what one engine cancels goes on for the other", async () => {
  const port = await shared();
  const [former, latter] = [await engine(port), await engine(port)];
  const folder = await mkdtemp(join(tmpdir(), "berth-shared-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const mark = join(folder, "go-on");
  const cut = expect(former.run("sleep 60")).rejects.toThrow();
  const kept = latter.run(`until test -e ${mark}; do sleep 0.1; done; echo latter`);
  await Promise.all([former.run("echo"), latter.run("echo")]);
  await former.cancel();
  await cut;
  await writeFile(mark, "");
  expect(await kept).toBe("latter");
  expect(await latter.run("echo on")).toBe("on");
});

it("cancelled by its only engine, what runs is ended, and the next engine finds a plugin that works", async () => {
  const port = await shared();
  const first = await engine(port);
  const cut = expect(first.run("sleep 60")).rejects.toThrow();
  await first.run("echo");
  await first.cancel();
  await cut;
  expect(await (await engine(port)).run("echo next")).toBe("next");
  expect(started).toHaveLength(2);
});

it("one that has died is made again, and is told what its engine has said before", async () => {
  const port = await shared();
  const asking = await engine(port);
  started[0]?.end();
  await expect.poll(() => started[0]?.isAlive).toBe(false);
  expect(await asking.run("echo again")).toBe("again");
  expect(started).toHaveLength(2);
});

describe("of one that has died", () => {
  /** What plugins were asked, and have answered, in order. */
  let asked: string[];
  const made = () => {
    const makeUnaryRequest = (path: string, ...rest: unknown[]) => {
      const name = path.split("/").at(-1) ?? "";
      asked.push(name);
      setTimeout(() => {
        asked.push(`${name} answered`);
        (rest.at(-1) as grpc.requestCallback<Buffer>)(null, Buffer.alloc(0));
      }, 20);
      return { cancel() {} };
    };
    return { isAlive: true, end() {}, client: { makeUnaryRequest } } as unknown as PluginProcess;
  };
  const ask = ({ handlers }: Shared, name: string) => {
    const call = { getPeer: () => "one", request: Buffer.alloc(0), on() {} } as never;
    return new Promise<unknown>((resolve) => handlers[name]?.(call, (error) => resolve(error)));
  };
  beforeEach(() => {
    asked = [];
  });

  it("nothing is asked of its successor before that was told what it had been", async () => {
    const first = made();
    const plugin = sharedPlugin(first, async () => made());
    await ask(plugin, "configure");
    asked = [];
    Object.assign(first, { isAlive: false });
    await Promise.all([ask(plugin, "create"), ask(plugin, "create")]);
    expect(asked.slice(0, 4)).toEqual(["Configure", "Configure answered", "Create", "Create"]);
  });

  it("one successor is made, also where the first one does not start", async () => {
    let starts = 0;
    const start = async () => {
      const number = ++starts;
      await sleep(20);
      if (number === 1) throw new Error("no port");
      return made();
    };
    const plugin = sharedPlugin(Object.assign(made(), { isAlive: false }), start);
    const errors = await Promise.all(["create", "create", "create"].map((name) => ask(plugin, name)));
    expect(errors).toEqual([expect.objectContaining({ details: "no port" }), null, null]);
    expect(starts).toBe(2);
  });
});

it("what does not start is left to the engine", async () => {
  expect((await attachPlugins(["docker=/bin/true", "command=/nonexistent"])).variable).toBe("");
  expect((await attachPlugins(["command"])).variable).toMatch(/^command:\d+$/);
});

it("renewed, the next engine finds a fresh one that was made ready for what the last one has configured", async () => {
  const start = starter();
  const plugin = sharedPlugin(await start(), start);
  const port = await listen(plugin);
  const warmed: PluginProcess[] = [];
  const warm = async (fresh: PluginProcess) => void warmed.push(fresh);
  plugin.renew(warm);
  expect(warmed, "nobody has used it").toEqual([]);
  expect(await (await engine(port)).run("echo one")).toBe("one");
  plugin.renew(warm);
  expect(await (await engine(port)).run("echo two")).toBe("two");
  expect(started).toHaveLength(2);
  expect(warmed).toEqual([started[1]]);
  await expect.poll(() => started.map(({ isAlive }) => isAlive)).toEqual([false, true]);
});

it("renewed by one that is of no use, the next engine finds one that was told nothing", async () => {
  const start = starter();
  const plugin = sharedPlugin(await start(), start);
  const port = await listen(plugin);
  await engine(port);
  plugin.renew(() => Promise.reject(new Error("out of reach")));
  expect(await (await engine(port)).run("echo on")).toBe("on");
  expect(started).toHaveLength(3);
  await expect.poll(() => started.map(({ isAlive }) => isAlive)).toEqual([false, false, true]);
});

it("stand-ins and official plugins are kept, but for those that are too large", () => {
  const kept = keptPlugins([
    { name: "docker", origin: "official", path: "/bin/pulumi-resource-docker" },
    { name: "command", origin: "stand-in", path: "/stand-ins/bin/pulumi-resource-command" },
    { name: "nodejs", origin: "official", path: "/bin/pulumi-language-nodejs" },
    { name: "aws", origin: "official", path: "/bin/pulumi-resource-aws" },
    { name: "kubernetes", origin: "official", path: "/bin/pulumi-resource-kubernetes" },
  ]);
  const kubernetes = "kubernetes=/bin/pulumi-resource-kubernetes";
  expect(kept).toEqual(["docker=/bin/pulumi-resource-docker", "command", kubernetes]);
});

it("what a plugin leaves among temporary files goes with it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "berth-temporary-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "plugin");
  const script = '#!/bin/sh\necho "token: secret" > "$TMPDIR/kubeconfig1"\necho 4711\nexec sleep 60\n';
  await writeFile(path, script, { mode: 0o755 });
  const temporary = join(folder, "temporary");
  const plugin = await PluginProcess.start(path, temporary);
  started.push(plugin);
  const [own = ""] = await readdir(temporary);
  expect(await readdir(join(temporary, own))).toEqual(["kubeconfig1"]);
  plugin.end();
  await expect.poll(() => readdir(temporary)).toEqual([]);
});
