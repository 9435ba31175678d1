// The stand-in as the program that the engine starts.
import { commandProvider } from "./command-provider.ts";
import { providerService } from "./provider.ts";
import { serve } from "./serve.ts";

await serve(providerService(commandProvider));
