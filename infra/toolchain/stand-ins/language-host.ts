// Stand-in for `pulumi-language-nodejs`: runs the program of Pulumi.yaml for the plain CLI, in this very process.
// ESM and TypeScript are Node's own business.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import automation from "@pulumi/pulumi/automation/server.js";
import services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { PULUMI_VERSION } from "../versions.ts";
import { type Callback, serve } from "./serve.ts";

type RunRequest = InstanceType<typeof language.RunRequest>;
type Program = () => Promise<Record<string, unknown>>;

/** Shipped by the SDK, but left out of its type declarations. */
const { LanguageServer } = automation as unknown as {
  LanguageServer: new (program: Program) => { run(call: { request: RunRequest }, callback: Callback): void };
};

let runs = 0;

const handlers = {
  handshake: (_call: unknown, callback: Callback) => callback(null, new language.LanguageHandshakeResponse()),
  getPluginInfo(_call: unknown, callback: Callback) {
    const info = new plugin.PluginInfo();
    info.setVersion(PULUMI_VERSION);
    callback(null, info);
  },
  getRequiredPlugins: (_call: unknown, callback: Callback) =>
    callback(null, new language.GetRequiredPluginsResponse()),
  getRequiredPackages: (_call: unknown, callback: Callback) =>
    callback(null, new language.GetRequiredPackagesResponse()),
  about: (_call: unknown, callback: Callback) => callback(null, about()),
  run(call: { request: RunRequest }, callback: Callback) {
    const { request } = call;
    process.chdir(request.getPwd());
    new LanguageServer(() => loadProgram(request)).run(call, once(callback));
  },
};

await serve({ service: services.LanguageRuntimeService, handlers });

/** The program's exports are the stack's outputs. A URL of its own makes every run evaluate it again. */
async function loadProgram(request: RunRequest): Promise<Record<string, unknown>> {
  const info = request.getInfo();
  const entry = info?.getEntryPoint() || request.getProgram();
  const path = join(info?.getProgramDirectory() || request.getPwd(), entry === "." ? "index.ts" : entry);
  const module: Record<string, unknown> = await import(`${pathToFileURL(path).href}?run=${++runs}`);
  return { ...module };
}

/** The SDK's server answers a second time after an error. */
function once(callback: Callback): Callback {
  let isAnswered = false;
  return (error, response) => {
    if (isAnswered) return;
    isAnswered = true;
    callback(error, response);
  };
}

function about() {
  const response = new language.AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  return response;
}
