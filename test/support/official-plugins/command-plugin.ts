// A command plugin that Berth takes for the official one: a program of its own.
import { commandProvider } from "../../../infra/toolchain/stand-ins/command-provider.ts";
import { providerService } from "../../../infra/toolchain/stand-ins/provider.ts";
import { serve } from "../../../infra/toolchain/stand-ins/serve.ts";

await serve(providerService(commandProvider));
