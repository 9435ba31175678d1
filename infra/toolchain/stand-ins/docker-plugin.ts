// The stand-in as the program that the engine starts.
import { dockerProvider } from "./docker-provider.ts";
import { providerService } from "./provider.ts";
import { serve } from "./serve.ts";

await serve(providerService(dockerProvider));
