// The gateway in front of a fake provider, both on this machine: its URL form, without TLS.
import { MODEL_PROVIDERS } from "../../../infra/assistant/openclaw.ts";
import { openGateway } from "../../../infra/gateway/gateway.ts";
import { close, listen, openPathsServer } from "../../../infra/gateway/listener.ts";
import type { GatewayOptions } from "../../../infra/gateway/options.ts";
import { type FakeProvider, startFakeProvider } from "./fake-provider.ts";
import { MemoryAccess } from "./memory-access.ts";

export interface GatewayUnderTest {
  readonly url: string;
  readonly port: number;
  readonly provider: FakeProvider;
  readonly access: MemoryAccess;
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export async function startGateway(options: Partial<GatewayOptions> = {}): Promise<GatewayUnderTest> {
  const provider = await startFakeProvider();
  const access = new MemoryAccess();
  const problems: string[] = [];
  const baseUrls = Object.fromEntries(MODEL_PROVIDERS.map((name) => [name, provider.url]));
  const onProblem = (problem: string) => void problems.push(problem);
  const gateway = openGateway({ access, baseUrls, onProblem, ...options });
  const server = openPathsServer(gateway);
  const { port } = await listen(server, 0, "127.0.0.1");
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    provider,
    access,
    problems,
    close: async () => {
      await close(server, 0);
      await gateway.close();
      await provider.close();
    },
  };
}
