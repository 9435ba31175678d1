// A model gateway for the assistants of a test, at their providers' names: Berth's own, with a CA of its own, in front of the
// fakes. Who may use which key is kept in memory.
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { KNOWN_PROVIDERS, type ModelProvider } from "../../../infra/assistant/openclaw.ts";
import { watchGatewayAddresses } from "../../../infra/docker/gateway-addresses.ts";
import { GATEWAY_PORT } from "../../../infra/docker/host-rules/rules.ts";
import type { ModelAccess, ModelOutcome } from "../../../infra/gateway/access.ts";
import { createAuthority } from "../../../infra/gateway/certificates.ts";
import { openGateway } from "../../../infra/gateway/gateway.ts";
import { close, listen, openNamesServer } from "../../../infra/gateway/listener.ts";
import { keptAuthority } from "./ca.ts";

export interface NamesGateway {
  /** Whose requests were admitted, oldest first. */
  readonly passed: readonly ModelProvider[];
  readonly settled: readonly ModelOutcome[];
  /** What went wrong, in its own words. */
  readonly problems: readonly string[];
  /** What an assistant of a test trusts: the gateway's CA and the fakes', in PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

interface Wanted {
  readonly subnetPool: string;
  /** Address of the fakes. */
  readonly upstream: string;
  /** The real key of a token; undefined for one that is refused. */
  readonly keyOf: (token: string) => string | undefined;
}

const REFUSAL = { status: 401, message: "This token is not valid." } as const;

export async function openNamesGateway({ subnetPool, upstream, keyOf }: Wanted): Promise<NamesGateway> {
  const authority = await createAuthority();
  const ofFakes = readFileSync((await keptAuthority()).file, "utf8");
  const passed: ModelProvider[] = [];
  const settled: ModelOutcome[] = [];
  const problems: string[] = [];
  const access: ModelAccess = {
    recognize: async (token) => (keyOf(token) === undefined ? REFUSAL : undefined),
    async admit({ token, provider }) {
      const key = keyOf(token);
      if (key === undefined) return { refusal: REFUSAL };
      passed.push(provider);
      return { key, silent: () => {}, settle: (outcome) => void settled.push(outcome) };
    },
  };
  const baseUrls = Object.fromEntries(KNOWN_PROVIDERS.map((name) => [name, `http://${upstream}/${name}`]));
  const gateway = openGateway({ access, baseUrls, onProblem: (problem) => void problems.push(problem) });
  const servers = new Map<string, Server>();
  const stop = watchGatewayAddresses(
    { subnetPool, isOwn: async () => true },
    {
      async appeared(address) {
        const server = openNamesServer(gateway, authority);
        await listen(server, GATEWAY_PORT, address);
        servers.set(address, server);
      },
      async gone(address) {
        const server = servers.get(address);
        servers.delete(address);
        if (server) await close(server, 0);
      },
    },
  );
  return {
    passed,
    settled,
    problems,
    ca: authority.certificate + ofFakes,
    async close() {
      await stop();
      await Promise.all([...servers.values()].map((server) => close(server, 0)));
      await gateway.close();
    },
  };
}
